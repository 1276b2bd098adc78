// Building the page from data. Text is only ever set as text: names may be hostile.

/**
 * Make an element. `attributes` may hold class, any attribute, and `on: {event: listener}`;
 * null, undefined and false leave an attribute out. Children are nodes, texts, or nothing.
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") listen(element, value);
    else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  element.append(
    ...children.flat().filter((child) => child !== null && child !== undefined && child !== false),
  );
  return element;
}

/** Figures under one another: each row is what it is, and how much. */
export function factLines(rows) {
  return el(
    "dl",
    { class: "facts facts--lines" },
    rows.map(([term, value]) => el("div", {}, el("dt", {}, term), el("dd", { class: "num" }, value))),
  );
}

function listen(element, listeners) {
  for (const [event, listener] of Object.entries(listeners))
    element.addEventListener(event, listener);
}

const icons = document.getElementById("icons");

/** A copy of one of the icons that the page brought along. */
export function icon(name) {
  return icons.content.querySelector(`[data-icon="${name}"] > svg`).cloneNode(true);
}

/**
 * A button of the design system. `label` is its text, or its name when only the icon shows;
 * `hint` names its key.
 */
export function button(
  label,
  { kind = "", iconName = "", iconOnly = false, hint = "", press, ...attributes } = {},
) {
  return el(
    "button",
    {
      type: "button",
      class: [
        "btn",
        ...kind
          .split(" ")
          .filter(Boolean)
          .map((one) => `btn--${one}`),
        iconOnly && "btn--icon",
      ]
        .filter(Boolean)
        .join(" "),
      "aria-label": iconOnly ? label : null,
      title: iconOnly ? label : null,
      on: { click: press },
      ...attributes,
    },
    iconName ? icon(iconName) : null,
    iconOnly ? null : el("span", {}, label),
    hint ? el("kbd", { class: "key-hint", "aria-hidden": "true" }, hint) : null,
  );
}

/** Put `children` in place of what `parent` holds, keeping the focus on the control it was on. */
export function replace(parent, ...children) {
  const focused = parent.contains(document.activeElement)
    ? document.activeElement.dataset.focus
    : null;
  parent.replaceChildren(
    ...children.flat().filter((child) => child !== null && child !== undefined && child !== false),
  );
  if (focused)
    parent.querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

/** A tier's badge: its steps are drawn, so that colour is not alone. */
export function tierBadge(level, label) {
  const known = ["base", "gold", "platinum"].includes(level) ? level : "base";
  const drawn = icons.content.querySelector(`[data-icon="tier-${known}"] > *`).cloneNode(true);
  drawn.lastChild.textContent = label;
  return drawn;
}

/** Say something to people who do not see the page. */
export function announce(text) {
  const live = document.getElementById("live");
  live.textContent = "";
  setTimeout(() => {
    live.textContent = text;
  }, 50);
}
