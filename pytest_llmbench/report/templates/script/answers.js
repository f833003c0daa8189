// Opens the answer that the address names, and goes from one to the next.
const answers = (() => {
  const all = [...document.querySelectorAll('details.answer')];
  const loaded = new Map();
  let current = null;
  let place = null;

  const bytes = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

  // The answers of a large run wait in the page, compressed, a block for each task.
  const block = async (number) => {
    const packed = bytes(document.getElementById(`block-${number}`).textContent);
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate'));
    return (await new Response(stream).text()).split('\0');
  };

  const fill = async (details) => {
    const holder = details.querySelector('.samples[data-block]');
    if (!holder) return;
    const { block: number, row } = holder.dataset;
    if (!loaded.has(number)) {
      loaded.set(number, block(number));
      if (loaded.size > 8) loaded.delete(loaded.keys().next().value);
    }
    const drawn = document.createElement('template');
    drawn.innerHTML = (await loaded.get(number))[row];
    if (!holder.dataset.block) return;
    delete holder.dataset.block;
    colour(drawn.content, details.closest('section.task').dataset.language);
    holder.replaceChildren(drawn.content);
  };

  const detailsOf = (id) => {
    const element = document.getElementById(id);
    if (element) return element.closest('details.answer');
    const answer = document.getElementById(id.replace(/^sample-/, 'answer-').replace(/--\d+$/, ''));
    return answer && answer.closest('details.answer');
  };

  const open = async (id) => {
    const details = detailsOf(id);
    if (!details) return document.getElementById(id);
    details.open = true;
    await fill(details);
    current = details;
    return document.getElementById(id);
  };

  const show = async (id, focus) => {
    const element = await open(id);
    if (!element) return;
    for (let fold = element.closest('details'); fold; fold = fold.parentElement.closest('details')) fold.open = true;
    const details = element.closest('details.answer');
    const first = details && element.classList.contains('samples');
    (first ? details : element).scrollIntoView({ block: 'start' });
    if (focus && details) details.querySelector('summary').focus({ preventScroll: true });
  };

  const apply = ({ place: wanted }) => {
    if (wanted === place) return;
    const first = place === null;
    place = wanted;
    if (wanted) show(wanted, !first || wanted.startsWith('answer-'));
  };

  const anchor = (details) => details.querySelector('.samples').id;

  const step = (by) => {
    if (!all.length) return;
    const at = current ? all.indexOf(current) : -1;
    const next = all[Math.min(all.length - 1, Math.max(0, at < 0 ? 0 : at + by))];
    if (next === current && current.open) return;
    if (current) current.open = false;
    state.write({ compare: null }, { place: anchor(next) });
  };

  const stepTask = (by) => {
    const sections = [...document.querySelectorAll('section.task')];
    const middle = sections.findIndex((section) => section.getBoundingClientRect().bottom > 120);
    const at = sections[middle] && sections[middle].getBoundingClientRect().top <= 120 ? middle : middle - 0.5;
    const next = sections[Math.max(0, Math.min(sections.length - 1, by > 0 ? Math.floor(at + 1) : Math.ceil(at - 1)))];
    if (next) state.write({ compare: null }, { place: next.id });
  };

  // Between what was found in the code and the checks that failed.
  const stepFinding = (by) => {
    const details = current && current.open ? current : all.find((each) => each.open);
    if (!details) return;
    const spots = [...details.querySelectorAll('.hit, .verdicts .no')];
    if (!spots.length) return;
    const at = spots.findIndex((spot) => spot.classList.contains('here'));
    const next = spots[(at < 0 ? (by > 0 ? 0 : spots.length - 1) : at + by + spots.length) % spots.length];
    spots.forEach((spot) => spot.classList.remove('here'));
    next.classList.add('here');
    next.tabIndex = -1;
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: 'center' });
  };

  for (const details of all) {
    details.addEventListener('toggle', async () => {
      if (!details.open) return;
      await fill(details);
      current = details;
      details.dispatchEvent(new CustomEvent('drawn', { bubbles: true }));
    });
  }
  return { apply, step, stepTask, stepFinding, open, position: () => (current ? `${all.indexOf(current) + 1} of ${all.length}` : '') };
})();
