// #region page
import { watchSession } from '@pip-sessions/client/browser';

const watch = watchSession({ url: '/session', warn_s: 120 });

watch.subscribe(() => {
  const { status, session, seconds_left, is_current } = watch.getSnapshot();
  const texts = {
    unknown: 'One moment…',
    signed_in: `Hello ${session?.user}`,
    expiring: `${session?.user}, you are signed out in ${seconds_left} seconds`,
    signed_out: 'Signed out',
  };
  show(texts[status] + (is_current ? '' : ' (offline)'), status === 'expiring');
});

onClick('renew', () => watch.renew());
onClick('sign-out', () => watch.signOut());
onClick('sign-in', async () => {
  await fetch('/login', { method: 'POST' }); // an application shows a form here
  await watch.refresh();
});
// #endregion

function show(text, isExpiring) {
  document.getElementById('state').textContent = text;
  document.getElementById('renew').hidden = !isExpiring;
}

function onClick(id, act) {
  const failed = () => show('That did not succeed. Try again.', true);
  document.getElementById(id).addEventListener('click', () => act().catch(failed));
}
