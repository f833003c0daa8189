// Keys, and the one place where the address is turned into what is shown.
const keys = (() => {
  const dialog = document.getElementById('keys');
  const enabled = dialog.querySelector('input');
  const actions = {
    '?': () => dialog.showModal(),
    '/': () => board && (board.search.scrollIntoView({ block: 'center' }), board.search.focus()),
    n: () => answers.step(1),
    p: () => answers.step(-1),
    ']': () => answers.stepTask(1),
    '[': () => answers.stepTask(-1),
    j: () => answers.stepFinding(1),
    k: () => answers.stepFinding(-1),
    t: () => state.write({ compare: null }, { place: 'leaderboard' }),
  };

  document.addEventListener('keydown', (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || !enabled.checked) return;
    if (event.target.closest('input, select, textarea, dialog[open]')) return;
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
  dialog.querySelector('.close').addEventListener('click', () => dialog.close());
  const opener = document.getElementById('show-keys');
  opener.hidden = false;
  opener.addEventListener('click', () => dialog.showModal());
})();

const apply = () => {
  const now = state.read();
  board?.apply(now);
  answers.apply(now);
  compare?.apply(now);
};
addEventListener('hashchange', apply);
apply();
