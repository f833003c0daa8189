// Two answers to one task side by side: what each axis and check makes of them, and their code line by line.
const compare = (() => {
  const dialog = document.getElementById('compare');
  if (!dialog) return null;
  const KEPT = 3;
  const FOLDED = 8;
  const AXES = ['Correctness', 'Quality', 'Documentation', 'Edge cases'];
  let back = null;

  const numbers = (sample) => sample.dataset.v.split(',').map((text) => (text === '' ? null : Number(text)));
  const title = (sample) => sample.dataset.title;
  const lines = (sample) => [...sample.querySelectorAll('.code .l')];
  const checks = (sample) => new Map([...sample.querySelectorAll('.verdicts > li')].map((item) => [
    item.dataset.check, item.classList.contains('yes')]));

  const samplesOf = (task) => [...task.querySelectorAll('details.answer')].flatMap((details) => {
    const { id } = details.querySelector('.samples');
    const name = details.querySelector('summary b').textContent;
    return details.dataset.samples.split(' ').map((number, at) => ({
      id: `${id.replace(/^answer-/, 'sample-')}--${number}`, name, text: `Sample ${number}: ${details.dataset.totals.split(' ')[at]}`,
    }));
  });

  const picker = (label, all, chosen, side) => {
    const select = make('select', { name: side });
    let group = null;
    for (const each of all) {
      if (!group || group.label !== each.name) { group = make('optgroup', { label: each.name }); select.append(group); }
      group.append(make('option', { value: each.id, selected: each.id === chosen }, `${each.name}, ${each.text.toLowerCase()}`));
    }
    return make('label', {}, make('span', {}, label), select);
  };

  const gap = (number) => (number > 0 ? '+' : '') + fixed(number);

  const headline = (left, right) => {
    const [a, b] = [numbers(left), numbers(right)];
    if (a[0] === null || b[0] === null) return 'One of the two was not judged';
    const difference = Math.round((b[0] - a[0]) * 10) / 10;
    if (!difference) return `Both score ${fixed(a[0])}`;
    const [best, sign] = difference > 0 ? [right, 1] : [left, -1];
    const gains = AXES.map((axis, at) => [axis, a[at + 1] === null || b[at + 1] === null ? 0 : sign * (b[at + 1] - a[at + 1])]);
    const [axis, most] = gains.reduce((x, y) => (y[1] > x[1] ? y : x));
    return `${title(best)} is ahead by ${fixed(Math.abs(difference))}${most > 0.05 ? `, most of all in ${axis.toLowerCase()} (${gap(most)})` : ''}`;
  };

  const table = (left, right) => {
    const [a, b] = [numbers(left), numbers(right)];
    const body = make('tbody');
    ['Total', ...AXES].forEach((word, at) => {
      const known = a[at] !== null && b[at] !== null;
      body.append(make('tr', {}, make('th', { scope: 'row' }, word),
        make('td', { class: 'n' }, fixed(a[at])), make('td', { class: 'n' }, fixed(b[at])),
        make('td', { class: 'n' }, known ? gap(Math.round((b[at] - a[at]) * 10) / 10) : '\u2013')));
    });
    const [one, other] = [checks(left), checks(right)];
    for (const [label, passed] of one) {
      if (!other.has(label) || other.get(label) === passed) continue;
      const mark = (yes) => make('td', { class: `n ${yes ? 'good' : 'bad'}` }, yes ? '\u2713 passed' : '\u2715 failed');
      body.append(make('tr', {}, make('th', { scope: 'row' }, label), mark(passed), mark(!passed), make('td', { class: 'n' }, passed ? '\u2212' : '+')));
    }
    const head = make('tr', {}, make('th', { scope: 'col' }, 'Axes, and checks that differ'),
      make('th', { scope: 'col', class: 'n' }, title(left)), make('th', { scope: 'col', class: 'n' }, title(right)),
      make('th', { scope: 'col', class: 'n' }, 'Right less left'));
    return make('table', { class: 'gaps' }, make('thead', {}, head), body);
  };

  const half = (source, at, kind) => {
    if (at === null) return make('div', { class: 'half void' });
    const line = source[at];
    const code = line.querySelector('code').cloneNode(true);
    const sign = kind === 'left' ? '\u2212' : kind === 'right' ? '+' : '';
    return make('div', { class: `half ${kind}${line.classList.contains('hit') ? ' found' : ''}`, 'data-n': line.dataset.n },
      make('span', { class: 'sign' }, sign), code);
  };

  const code = (left, right) => {
    const [a, b] = [lines(left), lines(right)];
    const rows = diff(a.map((line) => line.textContent), b.map((line) => line.textContent));
    const grid = make('div', { class: 'sides' });
    let at = 0;
    while (at < rows.length) {
      let end = at;
      while (end < rows.length && rows[end][2]) end += 1;
      const row = ([i, j, equal]) => make('div', { class: 'row' }, half(a, i, equal ? 'same' : 'left'), half(b, j, equal ? 'same' : 'right'));
      if (end - at > FOLDED) {
        const head = at === 0 ? 0 : KEPT;
        const tail = end === rows.length ? 0 : KEPT;
        const hidden = rows.slice(at + head, end - tail);
        const button = make('button', { type: 'button', class: 'unfold' }, `${hidden.length} equal lines`);
        button.addEventListener('click', () => button.replaceWith(...hidden.map(row)));
        grid.append(...rows.slice(at, at + head).map(row), button, ...rows.slice(end - tail, end).map(row));
        at = end;
      } else {
        grid.append(row(rows[at]));
        at += 1;
      }
    }
    if (!rows.length) grid.append(make('p', { class: 'none' }, 'Neither has code.'));
    return grid;
  };

  const draw = (left, right) => {
    const all = samplesOf(left.closest('section.task'));
    const pickers = make('div', { class: 'pickers' }, picker('Left', all, left.id, 'left'), picker('Right', all, right.id, 'right'));
    pickers.addEventListener('change', () => {
      const [one, other] = [...pickers.querySelectorAll('select')].map((select) => select.value);
      state.write({ compare: `${one},${other}` }, { quietly: true });
    });
    dialog.querySelector('.inside').replaceChildren(
      make('p', { class: 'eyebrow' }, left.closest('section.task').querySelector('h2').textContent),
      make('h2', { id: 'compare-title' }, headline(left, right)), pickers,
      make('div', { class: 'scroll' }, table(left, right)), code(left, right));
  };

  const apply = async ({ values }) => {
    const [one, other] = (values.get('compare') ?? '').split(',');
    if (!one || !other) { if (dialog.open) dialog.close(); return; }
    const [left, right] = [await answers.open(one), await answers.open(other)];
    if (!left?.classList.contains('sample') || !right?.classList.contains('sample')) return;
    if (left.closest('section.task') !== right.closest('section.task')) return;
    draw(left, right);
    if (!dialog.open) dialog.showModal();
  };

  const rival = (sample) => {
    const details = sample.closest('details.answer');
    const all = samplesOf(sample.closest('section.task'));
    const others = all.filter((each) => each.id !== sample.id);
    const own = others.find((each) => each.id.replace(/--\d+$/, '') === sample.id.replace(/--\d+$/, ''));
    const best = others.find((each) => each.name !== details.querySelector('summary b').textContent);
    return (details.matches('.first') && own) || best || own;
  };

  document.addEventListener('drawn', (event) => {
    for (const sample of event.target.querySelectorAll('.sample')) {
      const heading = sample.querySelector('h4');
      if (heading.querySelector('button') || !rival(sample)) continue;
      const button = make('button', { type: 'button', class: 'quiet' }, 'Compare side by side');
      button.addEventListener('click', () => {
        back = button;
        state.write({ compare: `${rival(sample).id},${sample.id}` });
      });
      heading.append(' ', button);
    }
  });
  dialog.addEventListener('close', () => {
    if (state.read().values.get('compare')) state.write({ compare: null }, { quietly: true });
    if (back?.isConnected) back.focus();
  });
  dialog.querySelector('.close').addEventListener('click', () => dialog.close());
  return { apply };
})();
