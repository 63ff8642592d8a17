// What axe-core judges of a page, and what it need not judge twice. Stays in a window while pages come and go.
looks => {
  // The same few colours stand on every page; axe-core reads each anew for every element above every text.
  const colours = new Map(), colour = axe.commons.color.Color.prototype, read = colour.parseString;
  colour.parseString = function (text) {
    if (!colours.has(text)) {
      read.call(this, text);
      colours.set(text, [this.r, this.g, this.b, this.alpha]);
    } else {
      [this.r, this.g, this.b, this.alpha] = colours.get(text);
    }
    return this;
  };

  // Hundreds of cells look alike, on each of many pages. Contrast depends on how a text, all around it and all that
  // lies under it look, so of texts that agree in these the first is judged; one that lies under something always is.
  const contrast = axe._audit.rules.find(each => each.id === 'color-contrast'), matches = contrast.matches;
  const numbers = new Map(), legible = new Set();
  let alike = new Set(), fresh = new Map();
  contrast.matches = function (node, ...more) { return !alike.has(node) && matches.call(this, node, ...more); };

  const number = text => numbers.get(text) ?? numbers.set(text, numbers.size).get(text);
  const styled = (e, part) => { const s = getComputedStyle(e, part); return looks.map(each => s[each]).join(); };
  const added = (e, part) => {
    const s = getComputedStyle(e, part), content = s.content;
    return content === 'none' || content === 'normal' ? '' : `${content} ${s.position} ${styled(e, part)}`;
  };
  const whole = e => [styled(e), added(e, '::before'), added(e, '::after')].join(';');

  // Asking the browser what lies at a point takes long. It need not be asked where nothing but an element and what that
  // is inside has a box: that is the pile. Boxes are sought in bands of so many pixels of the height of the page.
  const BAND = 50;
  function plainly(placed) {
    const bands = new Map();
    for (const one of placed) {
      const [, y, , height] = one[1];
      for (let band = Math.floor(y / BAND); band <= (y + height) / BAND; band++) {
        if (!bands.has(band)) bands.set(band, []);
        bands.get(band).push(one);
      }
    }
    const within = ([left, top, width, height], x, y) => x >= left && x <= left + width && y >= top && y <= top + height;
    return (e, x, y) => {
      const pile = (bands.get(Math.floor(y / BAND)) ?? []).filter(([, box]) => within(box, x, y)).map(([each]) => each);
      const above = [];
      for (let each = e; each !== document.body; each = each.parentElement) above.push(each);
      const plain = x >= 0 && y >= 0 && pile.length === above.length && above.every((each, n) => each === pile.at(-1 - n));
      return plain ? [...above, document.body, document.documentElement] : null;
    };
  }

  // What lies at the middle of each line of each text; looked for again only when something has moved.
  let laid = { boxes: '', piles: new Map() };
  function piled() {
    const boxOf = e => { const { x, y, width, height } = e.getBoundingClientRect(); return [x, y, width, height]; };
    const stacked = e => { const s = getComputedStyle(e); return `${s.position} ${s.zIndex} ${s.pointerEvents}`; };
    const elements = [...document.body.querySelectorAll('*')].filter(e => e.getClientRects().length);
    const placed = elements.map(e => [e, boxOf(e)]);
    const boxes = [document.body.textContent, ...placed.map(([e, box]) => `${box} ${stacked(e)}`)].join(';');
    if (laid.page === document.body && laid.boxes === boxes) return laid.piles;
    const piles = new Map(), range = document.createRange(), around = plainly(placed);
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const e = node.parentElement;
      if (!node.data.trim() || !e.checkVisibility()) continue;
      range.selectNodeContents(node);
      const middles = () => [...range.getClientRects()].map(line => [line.x + line.width / 2, line.y + line.height / 2]);
      let lines = middles().map(([x, y]) => around(e, x, y + scrollY));
      if (!lines.every(Boolean)) {
        const box = range.getBoundingClientRect();
        if (box.top < 0 || box.bottom > innerHeight) scrollTo({ top: scrollY + box.top - 50, behavior: 'instant' });
        lines = middles().map(([x, y]) => document.elementsFromPoint(x, y)).map(pile => pile[0] === e ? pile : null);
      }
      piles.set(e, [...piles.get(e) ?? [], ...(lines.length ? lines : [null])]);
    }
    scrollTo({ top: 0, behavior: 'instant' });
    laid = { page: document.body, boxes, piles };
    return piles;
  }

  function lookAlike() {
    const seen = new Map(), above = new Map();
    const look = e => seen.get(e) ?? seen.set(e, number(whole(e))).get(e);
    const around = e => e ? above.get(e) ?? above.set(e, `${look(e)} ${around(e.parentElement)}`).get(e) : '';
    alike = new Set();
    fresh = new Map();
    for (const [e, piles] of piled()) {
      const kind = [around(e), ...new Set(piles.map(each => each && each.map(look).join()))].join(';');
      if (piles.includes(null)) fresh.set(e, e);
      else if (legible.has(kind) || fresh.has(kind)) alike.add(e);
      else fresh.set(kind, e);
    }
  }

  // A row or an item of nothing but plain elements with plain attributes, built like one before it after one like the
  // one before it: whatever axe-core reads of it, it has read. Not so what depends on how it looks and how large it is.
  const PLAIN = /^(tr|th|td|li|dt|dd|div|span|a|cite|p|strong|em|b|i|abbr|time|br|small|sup|sub)$/;
  const OPEN = /^(class|href|id|scope|lang|rel|colspan|data-[a-z-]+)$/;
  const REFERRING = ['for', 'headers', 'aria-labelledby', 'aria-describedby', 'aria-controls', 'aria-owns', 'aria-details'];
  const BUILT = /^(class|scope|lang|rel|colspan)$/;

  function repeated() {
    const named = new Set(REFERRING.flatMap(name => [...document.querySelectorAll(`[${name}]`)]
      .flatMap(each => each.getAttribute(name).split(/\s+/))));
    const build = node => {
      if (node.nodeType !== Node.ELEMENT_NODE) return node.data.trim() ? 't' : '';
      if (!PLAIN.test(node.localName)) return null;
      let said = '<' + node.localName;
      for (const { name, value } of node.attributes) {
        if (name === 'style' && /^width:[\d.]+%$/.test(value)) continue;
        if (!OPEN.test(name) || named.has(value) && name === 'id') return null;
        said += ` ${name}=${BUILT.test(name) ? value : value.slice(0, 1)}`;
      }
      for (const child of node.childNodes) {
        const inside = build(child);
        if (inside === null) return null;
        said += inside;
      }
      return said + '>';
    };
    const found = [];
    for (const parent of document.querySelectorAll('tbody, ul, ol, dl')) {
      const known = new Set();
      let before = '';
      for (const child of parent.querySelector(':scope > tr > [rowspan]') ? [] : parent.children) {
        const own = build(child), pair = `${before}|${own}`;
        if (own !== null && known.has(pair)) found.push(child);
        known.add(pair);
        before = own ?? '';
      }
    }
    return found;
  }

  // axe-core walks through what it does not judge, too, which takes longer than all the rest.
  async function without(elements, judge) {
    const places = elements.map(each => [each, document.createComment('')]);
    places.forEach(([each, place]) => each.replaceWith(place));
    try {
      return await judge();
    } finally {
      places.forEach(([each, place]) => place.replaceWith(each));
    }
  }

  const BY_LOOK = ['color-contrast', 'link-in-text-block', 'scrollable-region-focusable', 'target-size'];
  const run = options => axe.run(
    { include: ['html'], exclude: ['svg > *'] }, // a picture speaks by its alternative text; test_contrast.py has its contrast
    { resultTypes: ['violations', 'incomplete'], ...options },
  );

  function told({ violations, incomplete }) {
    return [...violations, ...incomplete.filter(each => each.id === 'color-contrast')].flatMap(each => each.nodes
      .slice(0, 3).map(node => `${each.id}: ${node.html.slice(0, 160)} ${[...node.any, ...node.all].map(why => why.message)}`));
  }

  async function byLook(rules) {
    const shut = [...document.querySelectorAll('details:not([open]) > :not(summary)')];
    return without(shut, async () => {
      lookAlike();
      const left = fresh.size ? rules : rules.filter(each => each !== 'color-contrast');
      const found = left.length ? told(await run({ runOnly: left })) : [];
      if (!found.length) for (const kind of fresh.keys()) if (typeof kind === 'string') legible.add(kind);
      return found;
    });
  }

  window.judged = async tags => {
    const disabled = Object.fromEntries(BY_LOOK.map(each => [each, { enabled: false }]));
    const found = await byLook(BY_LOOK);
    return [...found, ...await without(repeated(), async () => told(await run({ runOnly: tags, rules: disabled })))];
  };
  window.judgedContrast = () => byLook(['color-contrast']);
}
