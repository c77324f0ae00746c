// Loaded before a command of `cli/`: answers for the names in FAKE_DNS, `{"name": ["address", …]}`, instead of the
// system's resolver. An empty list is a name that does not exist.
const dns = require('node:dns');
const promises = require('node:dns/promises');

const names = JSON.parse(process.env.FAKE_DNS ?? '{}');
const real = { lookup: dns.lookup, promise: promises.lookup };

const addressesOf = (name) => names[name]?.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

function notFound(hostname) {
  return Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), { code: 'ENOTFOUND', syscall: 'getaddrinfo' });
}

promises.lookup = async (hostname, options) => {
  const found = addressesOf(hostname);
  if (found === undefined) return real.promise(hostname, options);
  if (found.length === 0) throw notFound(hostname);
  return options?.all ? found : found[0];
};

dns.lookup = (hostname, options, callback) => {
  const found = addressesOf(hostname);
  if (found === undefined) return real.lookup(hostname, options, callback);
  const done = typeof options === 'function' ? options : callback;
  if (found.length === 0) return process.nextTick(done, notFound(hostname));
  if (options?.all) return process.nextTick(done, null, found);
  return process.nextTick(done, null, found[0].address, found[0].family);
};
