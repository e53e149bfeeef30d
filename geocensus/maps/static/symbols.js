// Symbols of classes and rings of severities, the same on the map and in the legend.

const CLASSES = STYLE.classes.map(([slug, name, colour, path, count]) => ({ slug, name, colour, path, count }));
const SEVERITIES = STYLE.severities.map(([slug, name, colour, width, dash, count]) => ({ slug, name, colour, width, dash, count }));
const SVG = "http://www.w3.org/2000/svg";

/** A picture of a class's symbol at a size in pixels, drawn once and stamped many times. */
const sprite = (() => {
  const made = new Map();
  return (index, radius, ratio) => {
    const key = `${index} ${radius} ${ratio}`;
    if (!made.has(key)) made.set(key, stamp(CLASSES[index], radius, ratio));
    return made.get(key);
  };
})();

function stamp({ colour, path }, radius, ratio) {
  const half = Math.ceil(radius * 1.3 + 1.5);
  const canvas = h("canvas", { width: 2 * half * ratio, height: 2 * half * ratio });
  const ctx = canvas.getContext("2d");
  ctx.scale(ratio, ratio);
  ctx.translate(half, half);
  ctx.scale(radius, radius);
  const shape = new Path2D(path);
  ctx.lineJoin = "round";
  ctx.lineWidth = 2.2 / radius;
  ctx.strokeStyle = "#fff";
  ctx.stroke(shape);
  ctx.fillStyle = colour;
  ctx.fill(shape);
  ctx.lineWidth = 0.7 / radius;
  ctx.strokeStyle = "rgba(0,0,0,.55)";
  ctx.stroke(shape);
  return { canvas, half };
}

function svg(size, ...shapes) {
  const root = document.createElementNS(SVG, "svg");
  root.setAttribute("viewBox", "-1.6 -1.6 3.2 3.2");
  root.setAttribute("width", size);
  root.setAttribute("height", size);
  root.setAttribute("aria-hidden", "true");
  for (const [tag, attributes] of shapes) {
    const shape = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) shape.setAttribute(name, value);
    root.append(shape);
  }
  return root;
}

/** A class's symbol for legend, lists and popups. */
function classIcon(index, size = 18) {
  const { path, colour } = CLASSES[index];
  return svg(size, ["path", { d: path, fill: colour, stroke: "rgba(0,0,0,.55)", "stroke-width": 0.1 }]);
}

/** A severity's ring for legend, lists and popups. */
function severityIcon(index, size = 18) {
  const { colour, width, dash } = SEVERITIES[index];
  const line = { r: 1.15, fill: "none", stroke: colour, "stroke-width": width / 5.5, "stroke-dasharray": dash.map((d) => d / 5.5).join(" ") };
  return svg(size, ["circle", line]);
}

/** A short line sample for the legend. */
function lineIcon(colour, width, dash = "") {
  return svg(18, ["path", { d: "M-1.5 0H1.5", stroke: colour, "stroke-width": width / 5.5, "stroke-dasharray": dash, fill: "none" }]);
}
