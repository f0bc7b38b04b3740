
// Sorts and filters the tables. The report is whole without it.
(() => {
  'use strict';
  const { filter, shown, sort } = document.body.dataset;
  const key = (row, column) => {
    const cell = row.cells[column];
    const time = cell.querySelector('time');
    const text = (time ? time.dateTime : cell.textContent).trim();
    const number = Number(text.replace(/[,+]/g, ''));
    return { text, number: text !== '' && Number.isFinite(number) ? number : null };
  };
  const compare = (a, b) =>
    a.number !== null && b.number !== null ? a.number - b.number : a.text.localeCompare(b.text);
  const sortBy = (table, head, column) => {
    const down = head.getAttribute('aria-sort') === 'ascending';
    for (const other of table.tHead.rows[0].cells) other.removeAttribute('aria-sort');
    head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
    const body = table.tBodies[0];
    const rows = [...body.rows].map((row) => ({ row, key: key(row, column) }));
    rows.sort((a, b) => (down ? compare(b.key, a.key) : compare(a.key, b.key)));
    body.append(...rows.map(({ row }) => row));
  };
  const addFilter = (table, number) => {
    const rows = [...table.tBodies[0].rows];
    const box = document.createElement('p');
    box.className = 'filter';
    const label = document.createElement('label');
    label.textContent = filter + ' ';
    const input = document.createElement('input');
    input.type = 'search';
    input.id = 'filter-' + number;
    label.htmlFor = input.id;
    const count = document.createElement('span');
    count.className = 'soft';
    count.setAttribute('role', 'status');
    input.addEventListener('input', () => {
      const wanted = input.value.trim().toLowerCase();
      let left = 0;
      for (const row of rows) {
        row.hidden = !row.textContent.toLowerCase().includes(wanted);
        if (!row.hidden) left += 1;
      }
      count.textContent = wanted ? ' ' + shown.replace('{0}', left).replace('{1}', rows.length) : '';
    });
    label.append(input);
    box.append(label, count);
    table.parentElement.before(box);
  };
  [...document.querySelectorAll('main table')].forEach((table, number) => {
    const rows = table.tBodies[0].rows.length;
    if (rows < 3) return;
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'sort';
      button.title = sort;
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener('click', () => sortBy(table, head, column));
    });
    if (rows >= 12) addFilter(table, number);
  });
  // A link into folded text unfolds it.
  const unfold = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (let place = target; place; place = place.parentElement) if (place.tagName === 'DETAILS') place.open = true;
    target.scrollIntoView();
  };
  addEventListener('hashchange', unfold);
  unfold();
})();
