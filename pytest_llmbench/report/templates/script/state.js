// What is shown is kept in the address: "#place&sort=-value&category=...", so that a link shows the same view.
const state = {
  read() {
    const [place, ...pairs] = location.hash.slice(1).split('&');
    return { place, values: new URLSearchParams(pairs.join('&')) };
  },

  href(place, values) {
    const text = values.toString();
    return `#${place}${text ? `&${text}` : place ? '' : '&'}`;
  },

  // Change some values; null takes one away. A new entry of the history is made unless `quietly`.
  write(changes, { place, quietly = false } = {}) {
    const now = this.read();
    for (const [key, value] of Object.entries(changes)) {
      if (value === null || value === '') now.values.delete(key);
      else now.values.set(key, value);
    }
    const href = this.href(place ?? now.place, now.values);
    if (quietly) location.replace(href);
    else location.hash = href;
  },
};

// A link keeps the values that are set, so that going to an answer and back does not lose a filter.
document.addEventListener('click', (event) => {
  const link = event.target.closest?.('a[href^="#"]');
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
  const { values } = state.read();
  values.delete('compare');
  if (!values.toString()) return;
  event.preventDefault();
  location.hash = state.href(link.getAttribute('href').slice(1), values);
});

const make = (name, attributes = {}, ...children) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) element.setAttribute(key, value === true ? '' : value);
  }
  element.append(...children);
  return element;
};

const fixed = (number, digits = 1) =>
  number === null || number === undefined || !Number.isFinite(number)
    ? '\u2013'
    : number.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits }).replace('-', '\u2212');
