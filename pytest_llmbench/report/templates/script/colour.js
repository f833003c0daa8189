// Colours code that is drawn on demand; what stands on the page is coloured already.
const colour = (() => {
  const MOST = 20_000;
  const KEYWORDS = new Set(('and as assert async await break case catch chan class const continue def default defer del do elif else enum except '
    + 'export extends false finally for from func function global go if implements import in instanceof interface is lambda let map new nil '
    + 'None nonlocal not null of or package pass raise range readonly return select static struct super switch this throw True False true try '
    + 'type typeof undefined var void while with yield').split(' '));
  const STRINGS = String.raw`"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|\x60(?:\\[\s\S]|[^\x60\\])*\x60`;
  const WORDS = String.raw`|\b\d[\w.]*|[A-Za-z_$][\w$]*`;
  const rules = {
    python: new RegExp(String.raw`#[^\n]*|` + STRINGS + WORDS, 'g'),
    other: new RegExp(String.raw`\/\/[^\n]*|\/\*[\s\S]*?\*\/|` + STRINGS + WORDS, 'g'),
  };

  const kind = (text) => {
    if (/^(#|\/\/|\/\*)/.test(text)) return 'tc';
    if (/^["'`]/.test(text)) return 'ts';
    if (/^\d/.test(text)) return 'tn';
    return KEYWORDS.has(text) ? 'tk' : '';
  };

  return (holder, language) => {
    for (const block of holder.querySelectorAll('.code')) {
      const lines = [...block.querySelectorAll('.l code')];
      const text = lines.map((line) => line.textContent).join('\n');
      if (text.length > MOST) continue;
      const filled = lines.map(() => document.createDocumentFragment());
      let at = 0;
      const add = (piece, name) => piece.split('\n').forEach((part, place) => {
        at += place > 0;
        if (part) filled[at].append(name ? make('span', { class: name }, part) : part);
      });
      let end = 0;
      for (const match of text.matchAll(rules[language] ?? rules.other)) {
        const name = kind(match[0]);
        if (!name) continue;
        add(text.slice(end, match.index), '');
        add(match[0], name);
        end = match.index + match[0].length;
      }
      add(text.slice(end), '');
      lines.forEach((line, place) => line.replaceChildren(filled[place]));
    }
  };
})();
