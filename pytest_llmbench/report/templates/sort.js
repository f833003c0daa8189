// Sorts the leaderboard; the page is complete without it.
(() => {
  'use strict';
  const table = document.getElementById('board');
  if (!table) return;
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];

  const key = (row, column) => {
    const text = row.cells[column].dataset.v;
    return text === '' || Number.isNaN(Number(text)) ? text : Number(text);
  };

  const compare = (a, b, sign) => {
    if (a === '' || b === '') return (a === '') - (b === '');
    if (typeof a === 'number' && typeof b === 'number') return sign * (a - b);
    return sign * String(a).localeCompare(String(b));
  };

  const sort = (column) => {
    const head = heads[column];
    const first = head.dataset.first || 'descending';
    const other = first === 'descending' ? 'ascending' : 'descending';
    const order = head.getAttribute('aria-sort') === first ? other : first;
    for (const each of heads) each.removeAttribute('aria-sort');
    head.setAttribute('aria-sort', order);
    const sign = order === 'ascending' ? 1 : -1;
    const rows = [...body.rows];
    rows.sort((a, b) => compare(key(a, column), key(b, column), sign));
    body.append(...rows);
  };

  heads.forEach((head, column) => {
    const label = head.querySelector('.label');
    if (!label) return;
    const button = document.createElement('button');
    button.type = 'button';
    button.append(...label.childNodes);
    button.addEventListener('click', () => sort(column));
    label.replaceWith(button);
  });
})();
