/**
 * What has been typed and chosen on one surface (a modal, App Home, a message), in the shape of Slack's
 * `view.state.values`: block_id -> action_id -> {type, value | selected_…}. It outlives a re-render, so a view that is
 * updated keeps the values of the inputs whose block_id and action_id stay the same.
 */

const INITIAL = {
  plain_text_input: (element) => ({ value: element.initial_value ?? null }),
  number_input: (element) => ({ value: element.initial_value ?? null }),
  url_text_input: (element) => ({ value: element.initial_value ?? null }),
  email_text_input: (element) => ({ value: element.initial_value ?? null }),
  datepicker: (element) => ({ selected_date: element.initial_date ?? null }),
  timepicker: (element) => ({ selected_time: element.initial_time ?? null }),
  datetimepicker: (element) => ({ selected_date_time: element.initial_date_time ?? null }),
  static_select: (element) => ({ selected_option: element.initial_option ?? null }),
  multi_static_select: (element) => ({ selected_options: element.initial_options ?? [] }),
  radio_buttons: (element) => ({ selected_option: element.initial_option ?? null }),
  checkboxes: (element) => ({ selected_options: element.initial_options ?? [] }),
  users_select: (element) => ({ selected_user: element.initial_user ?? null }),
  multi_users_select: (element) => ({ selected_users: element.initial_users ?? [] }),
  file_input: () => ({ files: [] }),
};

/** Whether an element holds a value (a button does not). */
export function holdsValue(element) {
  return Object.hasOwn(INITIAL, element?.type);
}

/** All options of a select, groups opened. */
export function optionsOf(element) {
  return element.options ?? (element.option_groups ?? []).flatMap((group) => group.options ?? []);
}

export class FormValues {
  /** `known` are values the server remembers, in the same shape, such as after the page was loaded anew. */
  constructor(known = {}) {
    this.blocks = new Map(Object.entries(known ?? {}).map(([id, values]) => [id, new Map(Object.entries(values))]));
  }

  /** The value of an element: as left by the person, else its initial one. */
  of(blockId, element) {
    const kept = this.blocks.get(blockId)?.get(element.action_id);
    if (kept?.type === element.type && stillOffered(element, kept)) return kept;
    const first = { type: element.type, ...INITIAL[element.type](element) };
    this.set(blockId, element.action_id, first);
    return first;
  }

  set(blockId, actionId, value) {
    if (!this.blocks.has(blockId)) this.blocks.set(blockId, new Map());
    this.blocks.get(blockId).set(actionId, value);
  }

  /** The values of the inputs in `blocks`, and of no others. */
  snapshot(blocks) {
    const out = {};
    for (const { block, element } of elementsOf(blocks)) {
      out[block.block_id] ??= {};
      out[block.block_id][element.action_id] = this.of(block.block_id, element);
    }
    return out;
  }
}

/** Every value-holding element of a surface, with its block. */
export function elementsOf(blocks) {
  return (blocks ?? []).flatMap((block) =>
    [block.element, block.accessory, ...(block.type === "actions" ? (block.elements ?? []) : [])]
      .filter(holdsValue)
      .map((element) => ({ block, element })),
  );
}

/** A choice that the updated view no longer offers is dropped. */
function stillOffered(element, value) {
  if (!element.options && !element.option_groups) return true;
  const offered = new Set(optionsOf(element).map((option) => option.value));
  const chosen = value.selected_options ?? (value.selected_option ? [value.selected_option] : []);
  return chosen.every((option) => offered.has(option.value));
}

/** Whether nothing was typed or chosen. */
export function isEmpty({ type: _type, ...value }) {
  return Object.values(value).every((part) => part === null || part === "" || part?.length === 0);
}

/**
 * What Slack itself checks before a submit: required inputs, lengths, numbers, links, addresses.
 * Answers {block_id: sentence}; empty when all is well.
 */
export function problemsIn(blocks, values) {
  const problems = {};
  for (const block of (blocks ?? []).filter((each) => each.type === "input" && holdsValue(each.element))) {
    const problem = problemWith(block, values.of(block.block_id, block.element));
    if (problem) problems[block.block_id] = problem;
  }
  return problems;
}

function problemWith({ element, optional }, value) {
  if (isEmpty(value)) return optional ? null : "This one is needed.";
  const text = value.value;
  if (typeof text !== "string") return null;
  if (element.min_length && text.length < element.min_length)
    return `A little more, please: at least ${element.min_length} characters.`;
  if (element.max_length && text.length > element.max_length)
    return `Please keep it to ${element.max_length} characters.`;
  if (element.type === "number_input") return numberProblem(element, text);
  if (element.type === "url_text_input" && !/^https?:\/\/\S+$/i.test(text.trim()))
    return "Please give a full link, starting with https://";
  if (element.type === "email_text_input" && !/^\S+@\S+\.\S+$/.test(text.trim()))
    return "That doesn't look like an e-mail address.";
  return null;
}

function numberProblem(element, text) {
  const number = Number(text);
  if (text.trim() === "" || Number.isNaN(number)) return "Please give a number.";
  if (!element.is_decimal_allowed && !Number.isInteger(number)) return "Please give a whole number.";
  if (element.min_value !== undefined && number < Number(element.min_value))
    return `The least is ${element.min_value}.`;
  if (element.max_value !== undefined && number > Number(element.max_value))
    return `The most is ${element.max_value}.`;
  return null;
}
