// Sets two lists of lines beside each other, so that equal lines stand at the same height.
const diff = (() => {
  const MOST = 4_000_000;

  // Longest common subsequence; between the equal beginning and end only, which keeps it small.
  const common = (a, b) => {
    if (a.length * b.length > MOST) return [];
    const width = b.length + 1;
    const lengths = new Uint16Array((a.length + 1) * width);
    for (let i = a.length - 1; i >= 0; i -= 1) {
      for (let j = b.length - 1; j >= 0; j -= 1) {
        lengths[i * width + j] = a[i] === b[j]
          ? lengths[(i + 1) * width + j + 1] + 1
          : Math.max(lengths[(i + 1) * width + j], lengths[i * width + j + 1]);
      }
    }
    const pairs = [];
    let i = 0;
    let j = 0;
    while (i < a.length && j < b.length) {
      if (a[i] === b[j]) { pairs.push([i, j]); i += 1; j += 1; }
      else if (lengths[(i + 1) * width + j] >= lengths[i * width + j + 1]) i += 1;
      else j += 1;
    }
    return pairs;
  };

  // Gives rows [index left or null, index right or null, whether equal].
  return (left, right) => {
    const a = left.map((line) => line.trimEnd());
    const b = right.map((line) => line.trimEnd());
    let start = 0;
    while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
    let end = 0;
    while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;
    const middle = common(a.slice(start, a.length - end), b.slice(start, b.length - end));
    const equal = [
      ...Array.from({ length: start }, (_, at) => [at, at]),
      ...middle.map(([i, j]) => [i + start, j + start]),
      ...Array.from({ length: end }, (_, at) => [a.length - end + at, b.length - end + at]),
      [a.length, b.length],
    ];
    const rows = [];
    let i = 0;
    let j = 0;
    for (const [nextI, nextJ] of equal) {
      while (i < nextI || j < nextJ) {
        rows.push([i < nextI ? i : null, j < nextJ ? j : null, false]);
        i += i < nextI;
        j += j < nextJ;
      }
      if (i < a.length || j < b.length) rows.push([i, j, true]);
      i += 1;
      j += 1;
    }
    return rows;
  };
})();
