/** What the page /try and the gateway's page have in common: elements of the page, lists, numbers of bytes, drawings. */

const SVG = "http://www.w3.org/2000/svg";

export const byId = (id) => document.getElementById(id);

/** Tells what happens, or in another colour what went wrong. */
export function say(text, wrong) {
  byId("state").textContent = text;
  byId("state").classList.toggle("wrong", Boolean(wrong));
}

/** Fills a list of definitions with pairs of a name and a value. */
export function list(target, rows) {
  target.replaceChildren();
  for (const [name, value] of rows) {
    const term = document.createElement("dt");
    term.textContent = name;
    const text = document.createElement("dd");
    text.textContent = value;
    target.append(term, text);
  }
}

/** A number of bytes in decimal units. */
export function bytes(count) {
  const units = ["bytes", "kB", "MB", "GB"];
  let unit = 0;
  let value = count;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? count : value.toFixed(1)} ${units[unit]}`;
}

/** An empty drawing; the label is for those who do not see it. */
export function drawing(width, height, label) {
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("viewBox", `0 0 ${width} ${height}`);
  picture.setAttribute("role", "img");
  picture.setAttribute("aria-label", label);
  return picture;
}

/** Adds an element to a drawing. */
export function svg(parent, name, attributes, text) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) {
    node.setAttribute(key, value);
  }
  if (text !== undefined) {
    node.textContent = text;
  }
  parent.append(node);
  return node;
}
