"use strict";
(() => {
  const all = (what, where = document) => [...where.querySelectorAll(what)];
  const one = (what, where = document) => where.querySelector(what);
  const make = (name, attributes) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };

  // Tables instead of charts.
  const toggle = one("#tables");
  one(".switch").hidden = false;
  toggle.addEventListener("change", () => {
    document.body.classList.toggle("no-charts", toggle.checked);
    for (const details of all("figure details")) details.open = toggle.checked;
  });

  // Values of a chart under the pointer and by keyboard: the rows of its table.
  for (const figure of all("figure[data-places]")) {
    const plot = one(".plot", figure), svg = one("svg", plot), said = one(".reading", figure);
    const down = figure.dataset.down === "1";
    const places = figure.dataset.places.split(" ").map(Number);
    const heads = all("thead th", figure).map((head) => head.textContent);
    const rows = all("tbody tr", figure).map((row) =>
      all("th, td", row).map((cell, i) => (i ? `${heads[i]} ${cell.textContent}` : cell.textContent))
        .filter((text, i) => !i || all("th, td", row)[i].textContent).join(" · "));
    const guide = document.createElement("div");
    guide.className = "guide";
    guide.hidden = true;
    plot.append(guide);
    let at = -1;
    const area = () => (one("path.background", svg) || svg).getBoundingClientRect();
    const read = (i) => {
      at = Math.max(0, Math.min(places.length - 1, i));
      said.textContent = rows[at];
      const box = area(), outer = plot.getBoundingClientRect(), place = places[at];
      const across = { left: box.left - outer.left + plot.scrollLeft, top: box.top - outer.top + place * box.height, width: box.width, height: 1 };
      const along = { left: box.left - outer.left + plot.scrollLeft + place * box.width, top: box.top - outer.top, width: 1, height: box.height };
      for (const [key, value] of Object.entries(down ? across : along)) guide.style[key] = `${value}px`;
      guide.hidden = false;
    };
    plot.addEventListener("keydown", (event) => {
      const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
      const ends = { Home: 0, End: places.length - 1 };
      if (event.key in steps) read(at < 0 ? 0 : at + steps[event.key]);
      else if (event.key in ends) read(ends[event.key]);
      else return;
      event.preventDefault();
    });
    plot.addEventListener("pointermove", (event) => {
      const box = area();
      const part = down ? (event.clientY - box.top) / box.height : (event.clientX - box.left) / box.width;
      let best = 0;
      places.forEach((place, i) => { if (Math.abs(place - part) < Math.abs(places[best] - part)) best = i; });
      if (part >= -0.05 && part <= 1.05) read(best);
    });
    plot.addEventListener("pointerleave", () => { guide.hidden = true; });
  }

  // A ceiling to move: draws above every amount were counted when the report was made.
  const panel = one("#ceiling");
  if (!panel) return;
  const { choices, decimal, sign, exceeded } = JSON.parse(one("#ceiling-data").textContent);
  const keys = ["result", "parent", "currency", "period", "stage"];
  const selects = Object.fromEntries(keys.map((key) => [key, one(`#choose-${key}`)]));
  const slider = one("#ceiling-at"), told = one("#ceiling-told"), svg = one("svg", panel);
  const [high, left, top, foot] = [210, 46, 10, 24];
  let wide = 720;
  let now = choices[0];

  const chance = (i) => {
    const tenths = Math.floor((now.above[i] * 2000 + now.draws) / (2 * now.draws));
    return `${Math.floor(tenths / 10)}${decimal}${tenths % 10}${sign}`;
  };
  const x = (amount) => {
    const first = now.amounts[0], last = now.amounts[now.amounts.length - 1];
    return left + (amount - first) / (last - first) * (wide - left - 10);
  };
  const y = (part) => top + (1 - part) * (high - top - foot);

  const draw = () => {
    wide = svg.clientWidth || wide;
    svg.setAttribute("viewBox", `0 0 ${wide} ${high}`);
    svg.replaceChildren();
    for (const part of [0, 0.5, 1]) {
      svg.append(make("line", { class: "rule", x1: left, x2: wide - 10, y1: y(part), y2: y(part) }));
      const text = make("text", { x: left - 6, y: y(part) + 4, "text-anchor": "end" });
      text.textContent = `${part * 100}${sign}`;
      svg.append(text);
    }
    const ends = [0, now.amounts.length - 1];
    ends.forEach((i, end) => {
      const text = make("text", { x: x(now.amounts[i]), y: high - 6, "text-anchor": end ? "end" : "start" });
      text.textContent = now.texts[i];
      svg.append(text);
    });
    const points = now.amounts.map((amount, i) => `${x(amount).toFixed(1)},${y(now.above[i] / now.draws).toFixed(1)}`);
    svg.append(make("path", { class: "area" }), make("polyline", { class: "curve", points: points.join(" ") }), make("line", { class: "at" }));
  };
  const move = (i) => {
    slider.value = String(i);
    const said = `${chance(i)}`;
    const names = Object.entries(now.marks).filter(([, place]) => place === i).map(([name]) => name);
    const amount = `${now.texts[i]} ${now.currency}${names.length ? ` (${names.join(", ")})` : ""}`;
    told.textContent = `${amount} — ${exceeded}: ${said}`;
    slider.setAttribute("aria-valuetext", `${amount}, ${exceeded}: ${said}`);
    const place = x(now.amounts[i]), line = one(".at", svg);
    for (const [key, value] of Object.entries({ x1: place, x2: place, y1: top, y2: high - foot })) line.setAttribute(key, value);
    const beyond = now.amounts.map((a, k) => [a, now.above[k]]).slice(i);
    one(".area", svg).setAttribute("d", `M${place},${y(0)}` + beyond.map(([a, above]) => `L${x(a).toFixed(1)},${y(above / now.draws).toFixed(1)}`).join("") + `L${x(beyond[beyond.length - 1][0])},${y(0)}Z`);
  };
  const nearest = (amount) => now.amounts.reduce((best, a, i) => Math.abs(a - amount) < Math.abs(now.amounts[best] - amount) ? i : best, 0);
  const choose = (changed) => {
    const wanted = Object.fromEntries(keys.map((key) => [key, selects[key].value]));
    const before = now, amount = now.amounts[Number(slider.value)];
    let left = choices;
    for (const key of keys) {
      const values = [...new Set(left.map((choice) => choice[key]))];
      const value = values.includes(wanted[key]) ? wanted[key] : values[0];
      selects[key].replaceChildren(...values.map((v) => new Option(v, v, false, v === value)));
      selects[key].closest("label").hidden = values.length < 2 && key === "result";
      left = left.filter((choice) => choice[key] === value);
    }
    now = left[0];
    slider.max = String(now.amounts.length - 1);
    draw();
    const same = changed && before.currency === now.currency && before.period === now.period;
    const named = Object.values(now.marks)[0];
    move(same ? nearest(amount) : named ?? Math.floor(now.amounts.length / 2));
  };
  for (const key of keys) selects[key].addEventListener("change", () => choose(true));
  slider.addEventListener("input", () => move(Number(slider.value)));
  const point = (event) => {
    if (event.type === "pointermove" && !event.buttons) return;
    const box = svg.getBoundingClientRect();
    const part = ((event.clientX - box.left) / box.width * wide - left) / (wide - left - 10);
    const first = now.amounts[0], last = now.amounts[now.amounts.length - 1];
    move(nearest(first + Math.max(0, Math.min(1, part)) * (last - first)));
  };
  svg.addEventListener("pointerdown", point);
  svg.addEventListener("pointermove", point);
  panel.hidden = false;
  choose(false);
  addEventListener("resize", () => { draw(); move(Number(slider.value)); });
})();
