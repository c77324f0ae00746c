const asyncHooks = require('node:async_hooks');

/**
 * Jest has an AsyncLocalStorage for each suite and never disables it. Before Node 24 each one that was ever used makes
 * every promise of the process slower, so a suite begins by disabling those of the suites before it.
 */
const STORES = Symbol.for('authaction-aws.test.stores');
if (asyncHooks[STORES] === undefined) {
  const stores = new Set();
  asyncHooks[STORES] = stores;
  asyncHooks.AsyncLocalStorage = class extends asyncHooks.AsyncLocalStorage {
    constructor(...args) {
      super(...args);
      stores.add(this);
    }
  };
}
for (const store of asyncHooks[STORES]) store.disable();
asyncHooks[STORES].clear();
