import { showIssuer, showRoutes, wireSwitches } from './controls';
import { byId } from './dom';
import { showIssuerStation } from './flow';
import { addTrace, followNewest, show } from './requests';
import { follow } from './server';
import { showTokens } from './tokens';

wireSwitches();

follow({
  run(view) {
    byId('api').textContent = view.apiUrl;
    showTokens(view.tokens);
    showRoutes(view.routes, called);
    showIssuer(view);
    showIssuerStation(view);
  },
  trace: addTrace,
  live(isLive) {
    byId('live').textContent = isLive ? 'Live' : 'Reconnecting…';
    byId('live').dataset.state = isLive ? 'good' : 'unavailable';
  },
});

/** A call from this page is over: show it, and on a narrow screen, where its way is out of sight, go there. */
function called(id: string | undefined): void {
  followNewest();
  show(id);
  if (matchMedia('(max-width: 60rem)').matches) byId('flow').scrollIntoView({ block: 'start' });
}
