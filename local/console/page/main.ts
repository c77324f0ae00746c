import { showIssuer, showRoutes, wireSwitches } from './controls';
import { byId } from './dom';
import { showIssuerStation } from './flow';
import { addTrace, followNewest, refresh } from './requests';
import { follow } from './server';
import { showTokens } from './tokens';

/** What comes of a call from this page is to be seen; on a narrow screen, where it is out of sight, go there. */
function sent(): void {
  followNewest();
  if (matchMedia('(max-width: 60rem)').matches) byId('flow').scrollIntoView({ block: 'start' });
}

wireSwitches();

follow({
  run(view) {
    byId('api').textContent = view.apiUrl;
    showTokens(view.tokens);
    showRoutes(view.routes, { sent, answered: refresh });
    showIssuer(view);
    showIssuerStation(view);
  },
  trace: addTrace,
  live(isLive) {
    byId('live').textContent = isLive ? 'Live' : 'Reconnecting…';
    byId('live').dataset.state = isLive ? 'good' : 'unavailable';
  },
});
