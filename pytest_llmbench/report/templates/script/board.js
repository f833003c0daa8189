// Sorts and filters the leaderboard.
const board = (() => {
  const table = document.getElementById('board');
  if (!table) return null;
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  const rows = [...body.rows];
  const filters = document.getElementById('filters');
  const search = filters.querySelector('[name=model]');
  const category = filters.querySelector('[name=category]');
  const task = filters.querySelector('[name=task]');
  const shown = filters.querySelector('output');
  const clear = filters.querySelector('button');
  const empty = document.getElementById('no-rows');
  const data = JSON.parse(document.getElementById('scopes').textContent);
  const whole = rows.map((row) => row.innerHTML);
  const classes = rows.map((row) => row.className);
  const ticks = table.querySelector('.ticks');
  const wholeTicks = ticks.innerHTML;
  const prize = table.querySelector('.prize')?.cloneNode(true);
  let scope = null;

  const columns = new Map();
  heads.forEach((head, at) => { if (head.dataset.key) columns.set(head.dataset.key, at); });

  const value = (row, at) => {
    const text = row.cells[at].dataset.v;
    return text === undefined || text === '' || Number.isNaN(Number(text)) ? text ?? '' : Number(text);
  };

  const compare = (a, b, sign) => {
    if (a === '' || b === '') return (a === '') - (b === '');
    if (typeof a === 'number' && typeof b === 'number') return sign * (a - b);
    return sign * String(a).localeCompare(String(b));
  };

  const sort = (text) => {
    const descending = text.startsWith('-');
    const at = columns.get(text.replace('-', '')) ?? columns.get('rank');
    heads.forEach((head, each) => {
      if (each === at) head.setAttribute('aria-sort', descending ? 'descending' : 'ascending');
      else head.removeAttribute('aria-sort');
    });
    const sorted = [...rows].sort((a, b) => compare(value(a, at), value(b, at), descending ? -1 : 1)
      || compare(value(a, 0), value(b, 0), 1));
    body.append(...sorted);
  };

  const scale = (figures) => {
    const ends = figures.filter(Boolean).flatMap((f) => [f[1], f[2], f[3]]).filter((end) => end !== null);
    let low = Math.max(1, Math.floor(Math.min(...ends, 10)));
    let high = Math.min(10, Math.ceil(Math.max(...ends, 1)));
    if (high - low < 2) { high = Math.min(10, low + 2); low = high - 2; }
    return { low, high, percent: (score) => `${Math.round((10000 * (score - low)) / (high - low)) / 100}%` };
  };

  const svg = (name, attributes) => {
    const element = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [key, text] of Object.entries(attributes)) element.setAttribute(key, text);
    return element;
  };

  const drawTicks = ({ low, high, percent }) => {
    ticks.replaceChildren();
    for (let tick = low; tick <= high; tick += 1) {
      const text = svg('text', { x: percent(tick), y: 12, class: tick === low ? 'from' : tick === high ? 'to' : 'mid' });
      text.textContent = tick;
      ticks.append(text);
    }
  };

  const drawWhisker = (cell, figures, { percent }) => {
    const picture = cell.querySelector('svg');
    picture.replaceChildren();
    const [, score, low, high] = figures;
    if (score === null) return;
    if (low !== null) picture.append(svg('line', { class: 'span', x1: percent(low), x2: percent(high), y1: '50%', y2: '50%' }));
    picture.append(svg('circle', { class: figures[14] || figures[0] === 1 ? 'dot full' : 'dot', cx: percent(score), cy: '50%', r: '0.32em' }));
  };

  const put = (row, key, number, text) => {
    const at = columns.get(key);
    if (at === undefined) return;
    const cell = row.cells[at];
    cell.dataset.v = number ?? '';
    cell.querySelector('.v').textContent = text;
  };

  const fill = (row, f, place) => {
    const [rank, score, low, high, , , , , worth, perDollar, cost, latency, speed, trouble, tied, best] = f;
    row.classList.toggle('tied', Boolean(tied));
    row.classList.toggle('best', Boolean(best));
    row.classList.remove('unscored');
    put(row, 'rank', rank, rank ?? '\u2013');
    row.cells[0].querySelector('.place').className = `place p${rank ?? 0}`;
    put(row, 'score', score, fixed(score));
    row.cells[columns.get('score')].querySelector('small').textContent = low === null ? '\u2013' : `${fixed(low)}\u2013${fixed(high)}`;
    ['correctness', 'quality', 'docs', 'edge'].forEach((key, at) => {
      put(row, key, f[4 + at], fixed(f[4 + at]));
      const cell = row.cells[columns.get(key)];
      const axes = f.slice(4, 8).filter((each) => each !== null);
      cell.classList.toggle('weakest', f[4 + at] !== null && f[4 + at] === Math.min(...axes) && Math.min(...axes) < Math.max(...axes));
      cell.querySelector('.track')?.remove();
    });
    put(row, 'value', worth, fixed(worth));
    row.querySelector('.prize')?.remove();
    if (best && prize) row.querySelector('.value').prepend(prize.cloneNode(true));
    put(row, 'perdollar', perDollar, fixed(perDollar, 0));
    put(row, 'cost', cost, cost === null ? '\u2013' : Number(cost.toPrecision(2)).toString());
    put(row, 'latency', latency, latency === null ? '\u2013' : `${fixed(latency)} s`);
    put(row, 'speed', speed, fixed(speed, 0));
    put(row, 'judge', f[16], fixed(f[16]));
    put(row, 'trouble', trouble, trouble ? `${trouble} of them` : 'none');
    drawWhisker(row.querySelector('td.whisker'), f, place);
  };

  const restore = () => {
    rows.forEach((row, at) => { row.innerHTML = whole[at]; row.className = classes[at]; });
    ticks.innerHTML = wholeTicks;
  };

  const showScope = (key) => {
    const found = data.find((each) => each.key === key) ?? null;
    if (found === scope) return;
    scope = found;
    restore();
    table.classList.toggle('scoped', Boolean(found));
    if (!found) return;
    const place = scale(found.models);
    drawTicks(place);
    rows.forEach((row) => fill(row, found.models[Number(row.dataset.model)], place));
  };

  const filter = (values) => {
    const wanted = (values.get('model') ?? '').trim().toLowerCase();
    const words = wanted.split(',').map((word) => word.trim()).filter(Boolean);
    const kind = values.get('category') ?? '';
    let count = 0;
    for (const row of rows) {
      const name = row.dataset.name;
      const fits = (!words.length || words.some((word) => name.includes(word))) && (!kind || row.dataset.category === kind)
        && (scope ? scope.models[Number(row.dataset.model)][0] !== null : !row.classList.contains('unscored'));
      row.hidden = !fits;
      count += fits;
    }
    const ranked = rows.filter((row) => (scope ? true : !row.classList.contains('unscored'))).length;
    const active = Boolean(words.length || kind || scope);
    const all = `${ranked} ${ranked === 1 ? 'model' : 'models'}`;
    shown.textContent = active ? `${count} of ${all} shown${scope ? `, scores of ${scope.title}` : ''}` : all;
    clear.hidden = !active;
    empty.hidden = count > 0;
  };

  const apply = ({ values }) => {
    if (document.activeElement !== search) search.value = values.get('model') ?? '';
    category.value = values.get('category') ?? '';
    task.value = values.get('task') ?? '';
    showScope(task.value);
    sort(values.get('sort') ?? 'rank');
    filter(values);
  };

  heads.forEach((head) => {
    const label = head.querySelector('.label');
    const { key } = head.dataset;
    if (!label || !key) return;
    const button = make('button', { type: 'button' }, ...label.childNodes);
    button.addEventListener('click', () => {
      const first = head.dataset.first === 'ascending' ? key : `-${key}`;
      const other = first === key ? `-${key}` : key;
      const now = state.read().values.get('sort') ?? 'rank';
      const next = now === first ? other : first;
      state.write({ sort: next === 'rank' ? null : next }, { place: '' });
    });
    label.replaceWith(button);
  });

  for (const each of data) {
    let group = [...task.querySelectorAll('optgroup')].find((one) => one.label === each.group);
    if (!group) { group = make('optgroup', { label: each.group }); task.append(group); }
    group.append(make('option', { value: each.key }, each.title));
  }
  task.closest('label').hidden = !data.length;
  search.addEventListener('input', () => state.write({ model: search.value }, { place: '', quietly: true }));
  category.addEventListener('change', () => state.write({ category: category.value }, { place: '' }));
  task.addEventListener('change', () => state.write({ task: task.value }, { place: '' }));
  clear.addEventListener('click', () => { state.write({ model: null, category: null, task: null }, { place: '' }); search.value = ''; search.focus(); });
  filters.hidden = false;
  return { apply, search };
})();
