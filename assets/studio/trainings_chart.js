// A chart of lines over steps, tokens or time: drawn in SVG, read with the pointer or the arrow keys, and a table of
// its numbers.

import { useEffect, useRef, useState } from "preact/hooks";

import { Details, Table, count, html } from "./parts.js";
import { logTicks, short, smoothed, some, ticks } from "./trainings_numbers.js";

const COLOURS = 6; // classes line-0 ... of trainings.css
const DASHES = ["", "7 4", "2 3"];
const MOST_ROWS = 60;
const HEIGHT = 210;
const [LEFT, RIGHT, TOP, BOTTOM] = [50, 10, 10, 24]; // of the drawing, to what is between the axes

// `lines`: [{name, points: [[x, value], ...] in order, colour, dash, faint?}]; `form(value)` writes a value, `axis`
// is {name, form, whole}, `mark(value)` writes one beside the axis. `cursor` is the x that is looked at, in all charts of a view, or null; `onCursor(x)`. `low`, `high`:
// values that the axis reaches; `whole`: there are no values between whole numbers; `smooth`: from 0 to 1; `shape`: "steps" where a value holds on to the next.
export function Chart({ title, about, notes = [], lines, form, axis, mark = written, low, high, whole = false, log = false, smooth = 0, shape = "slopes", cursor, onCursor }) {
  const [width, box] = useWidth();
  const shown = lines.map((line) => prepared(line, smooth, log)).filter((line) => line.points.length);
  const scale = scales(shown, { width, low, high, whole, log });
  const places = [...new Set(shown.flatMap((line) => line.points.map(([x]) => x)))].sort((a, b) => a - b);
  const at = cursor === null || !places.length ? null : nearest(places, cursor);
  const said = shown.map((line) => [line, valueAt(line, at)]).filter(([, value]) => value !== null);

  const move = (event) => {
    const { left, width: wide } = event.currentTarget.getBoundingClientRect();
    onCursor(scale.xOf(((event.clientX - left) / wide) * width));
  };
  const key = (event) => {
    const here = at === null ? places.length - 1 : places.indexOf(at);
    const next = { ArrowLeft: here - 1, ArrowRight: here + 1, Home: 0, End: places.length - 1, PageDown: here - 10, PageUp: here + 10 }[event.key];
    if (event.key === "Escape") return onCursor(null);
    if (next === undefined) return;
    event.preventDefault();
    onCursor(places[Math.min(Math.max(next, 0), places.length - 1)]);
  };
  const where = `${at === null ? "at the end" : `${axis.name} ${axis.form(at)}`}${smooth ? ", smoothed" : ""}`;
  const values = said.map(([line, value]) => `${line.name} ${form(value)}`).join("; ");

  return html`<figure class="chart">
    <figcaption><b>${title}</b> <small>${[about, ...notes].filter(Boolean).join(" ")}</small></figcaption>
    <ul class="legend">
      ${said.map(
        ([line, value]) => html`<li key=${line.name}>
          <svg viewBox="0 0 22 10" aria-hidden="true"><line class=${`line-${line.colour % COLOURS}`} stroke-dasharray=${DASHES[line.dash % 3]} x1="0" x2="22" y1="5" y2="5" /></svg>
          ${line.name} <b>${form(value)}</b></li>`,
      )}
      <li class="dim">${where}</li>
    </ul>
    <div class="plot" ref=${box} tabindex="0" role="slider" aria-label=${`${title}, by ${axis.name}`} aria-valuemin=${0}
      aria-valuemax=${places.length - 1} aria-valuenow=${at === null ? places.length - 1 : places.indexOf(at)}
      aria-valuetext=${`${where}: ${values}`} onPointerMove=${move} onPointerDown=${move} onPointerLeave=${() => onCursor(null)} onKeyDown=${key}>
      <svg viewBox=${`0 0 ${width} ${HEIGHT}`} aria-hidden="true"><${Axes} scale=${scale} axis=${axis} mark=${mark} width=${width} />
        ${shown.map((line) => html`<${Line} key=${line.name} line=${line} scale=${scale} shape=${shape} />`)}
        ${at !== null && html`<line class="cursor" x1=${scale.x(at)} x2=${scale.x(at)} y1=${TOP} y2=${HEIGHT - BOTTOM} />`}
        ${at !== null && said.map(([line, value]) => html`<circle key=${line.name} class=${`dot-${line.colour % COLOURS}`} cx=${scale.x(at)} cy=${scale.y(value)} r="3.5" />`)}
      </svg>
    </div>
    <${Details} summary="numbers"><${Numbers} title=${title} lines=${lines} places=${places} form=${form} axis=${axis} /><//>
  </figure>`;
}

// The width that there is, in pixels, and what it is the width of.
function useWidth() {
  const [width, setWidth] = useState(360);
  const box = useRef();
  useEffect(() => {
    const watch = new ResizeObserver(([entry]) => setWidth(Math.max(Math.round(entry.contentRect.width), 160)));
    watch.observe(box.current);
    return () => watch.disconnect();
  }, []);
  return [width, box];
}

function prepared(line, smooth, log) {
  const points = log ? line.points.filter(([, value]) => value > 0) : line.points;
  if (!smooth || line.faint) return { ...line, points, raw: null };
  const values = smoothed(points.map(([, value]) => value), smooth);
  return { ...line, raw: points, points: points.map(([x], at) => [x, values[at]]) };
}

function scales(lines, { width, low, high, whole, log }) {
  const [left, right, foot] = [LEFT, width - RIGHT, HEIGHT - BOTTOM];
  const xs = [0, ends(lines.flatMap((line) => line.points.map(([x]) => x)))[1]];
  const reached = ends([...lines.flatMap((line) => [...line.points, ...(line.raw ?? [])].map(([, value]) => value)), ...(log ? [] : [low, high].filter((end) => end !== undefined))]);
  const marks = log ? logTicks(...reached) : ticks(...reached).filter((tick) => !whole || Number.isInteger(tick));
  const turn = log ? Math.log : (value) => value;
  const [bottom, top] = [turn(marks[0]), turn(marks.at(-1))];
  const part = (value, from, to) => (to > from ? (value - from) / (to - from) : 0.5);
  return {
    marks,
    ends: xs,
    x: (x) => left + part(x, ...xs) * (right - left),
    xOf: (place) => xs[0] + ((place - left) / (right - left)) * (xs[1] - xs[0]),
    y: (value) => foot + part(turn(value), bottom, top) * (TOP - foot),
  };
}

// The least and the greatest; of nothing, 0 and 1. (Not Math.min(...): there can be more than it takes.)
function ends(values) {
  if (!values.length) return [0, 1];
  return values.reduce(([least, most], value) => [Math.min(least, value), Math.max(most, value)], [Infinity, -Infinity]);
}

function Axes({ scale, axis, mark, width }) {
  const across = ticks(...scale.ends, width > 420 ? 6 : 4).filter((tick) => tick >= scale.ends[0] && tick <= scale.ends[1] && (!axis.whole || Number.isInteger(tick)));
  return html`<g class="axes">
    ${scale.marks.map((tick) => html`<line key=${tick} x1=${LEFT} x2=${width - RIGHT} y1=${scale.y(tick)} y2=${scale.y(tick)} /><text x=${LEFT - 6} y=${scale.y(tick) + 4} text-anchor="end">${mark(tick)}</text>`)}
    ${across.map((tick) => html`<text key=${`x${tick}`} x=${scale.x(tick)} y=${HEIGHT - 6} text-anchor=${scale.x(tick) > width - 40 ? "end" : "middle"}>${axis.form(tick)}</text>`)}
  </g>`;
}

const written = (tick) => {
  const size = Math.abs(tick);
  if (size && size < 0.01) return tick.toExponential(size.toExponential().includes(".") ? 1 : 0);
  return size >= 1000 ? short(tick) : String(tick);
};

function Line({ line, scale, shape }) {
  const path = (points) =>
    points
      .map(([x, value], at) => {
        const [left, up] = [scale.x(x).toFixed(1), scale.y(value).toFixed(1)];
        if (!at) return `M${left},${up}`;
        return shape === "steps" ? `H${left}V${up}` : `L${left},${up}`;
      })
      .join("");
  const kind = `line-${line.colour % COLOURS}`;
  if (line.points.length === 1) {
    const [[x, value]] = line.points;
    return html`<circle class=${`dot-${line.colour % COLOURS}`} cx=${scale.x(x)} cy=${scale.y(value)} r="4" />`;
  }
  return html`
    ${line.raw && html`<path class=${`${kind} raw`} d=${path(line.raw)} />`}
    <path class=${`${kind} ${line.faint ? "raw" : ""}`} stroke-dasharray=${DASHES[line.dash % 3]} d=${path(line.points)} />
  `;
}

function nearest(places, x) {
  let [low, high] = [0, places.length - 1];
  while (high - low > 1) {
    const half = (low + high) >> 1;
    if (places[half] <= x) low = half;
    else high = half;
  }
  return x - places[low] < places[high] - x ? places[low] : places[high];
}

// The last value up to an x; that of the end without one. Null where the line has not begun.
function valueAt(line, x) {
  if (x === null) return line.points.at(-1)[1];
  const place = line.points.findLastIndex(([at]) => at <= x);
  return place < 0 ? null : line.points[place][1];
}

// A row for each place, or for some of them evenly.
function Numbers({ title, lines, places, form, axis }) {
  const rows = some(places, MOST_ROWS);
  const known = lines.map((line) => new Map(line.points));
  const cells = rows.map((x) => [axis.form(x), ...known.map((values) => (values.has(x) ? form(values.get(x)) : ""))]);
  return html`
    ${rows.length < places.length && html`<p class="dim">${count(rows.length)} of ${count(places.length)} points.</p>`}
    <div class="numbers"><${Table} caption=${`${title}, the numbers`} head=${[axis.name, ...lines.map((line) => line.name)]} rows=${cells} numbers=${lines.map((_, at) => at + 1)} /></div>
  `;
}
