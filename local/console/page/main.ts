import { byId } from './dom';
import { showRoutes, wireForm } from './request-form';
import { addTrace, followNewest, isNarrow } from './requests';
import { showRevoked } from './revocation';
import { follow } from './server';
import { showSwitches, wireSwitches } from './switches';
import { showTokens } from './tokens';

let apiUrl = '';

wireSwitches();
wireForm(
  () => apiUrl,
  () => {
    followNewest();
    if (isNarrow()) byId('trace').scrollIntoView({ block: 'start' });
    else byId('results').scrollTop = 0;
  },
);

follow({
  run(view) {
    apiUrl = view.apiUrl;
    byId('api').textContent = apiUrl;
    showTokens(view.tokens);
    showRoutes(view.routes);
    showSwitches(view);
    showRevoked(view.revoked);
  },
  trace: addTrace,
  live(isLive) {
    byId('live').textContent = isLive ? 'Live' : 'Reconnecting…';
    byId('live').dataset.tone = isLive ? 'good' : 'unavailable';
  },
});
