/**
 * Jest's transform for the files of packages that every suite of a worker may share: one native copy, instead of one in the
 * sandbox of each suite. The CDK takes half a second to load, and esbuild starts a process.
 */
exports.process = () => ({ code: "module.exports = require('node:module')._load(__filename);" });
