// What the list shows, as it stands in the address: filters, search words, order. Immutable.

const FACETS = ["status", "team", "topic", "subtopic", "severity", "channel", "tag", "language"];
const LISTS = [...FACETS, "assignee"];
const TO_DO = ["new", "claimed"];
const OPEN = [...TO_DO, "waiting"];
const ANY = "any";

/** The views people use most. Each says which states, whose, and in which order. */
export const PRESETS = [
  { name: "todo", label: "To do", title: "To do", status: TO_DO, assignee: [] },
  { name: "mine", label: "Mine", title: "My cases", status: OPEN, assignee: ["me"] },
  { name: "unassigned", label: "Unassigned", title: "Unassigned", status: TO_DO, assignee: ["none"] },
  { name: "waiting", label: "Waiting", title: "Waiting for customers", status: ["waiting"], assignee: [] },
  { name: "resolved", label: "Resolved", title: "Resolved", status: ["resolved", "closed"], assignee: [], order: "newest" },
  { name: "all", label: "All", title: "All cases", status: [], assignee: [], order: "newest" },
];

export class Query {
  /** @param {Record<string, string[]>} lists @param {string} q @param {string} order */
  constructor(lists, q = "", order = "") {
    this.lists = lists;
    this.q = q;
    this.chosenOrder = order;
  }

  /** Of an address; without a word about the state it is what is to do. */
  static read(search) {
    const given = new URLSearchParams(search);
    const lists = {};
    for (const name of LISTS) {
      lists[name] = given.getAll(name).flatMap((value) => value.split(",")).filter(Boolean);
    }
    if (!lists.status.length) lists.status = TO_DO;
    if (lists.status.includes(ANY)) lists.status = [];
    return new Query(lists, given.get("q") ?? "", given.get("order") ?? "");
  }

  /** Back into an address. */
  get search() {
    const given = new URLSearchParams();
    for (const name of LISTS) {
      const values = this.lists[name];
      if (name === "status" && same(values, TO_DO)) continue;
      if (values.length) given.set(name, values.join(","));
      else if (name === "status") given.set(name, ANY);
    }
    if (this.q) given.set("q", this.q);
    if (this.chosenOrder) given.set("order", this.chosenOrder);
    const text = given.toString().replaceAll("%2C", ",");
    return text ? `?${text}` : "";
  }

  /** For the API: counts take it as it is. */
  get filters() {
    const lists = Object.entries(this.lists).map(([name, values]) => [name, values.join(",")]);
    return { ...Object.fromEntries(lists), q: this.q };
  }

  /** The same, for counting what each view would show. */
  get filtersOfViews() {
    return { ...this.filters, status: OPEN.join(","), assignee: "" };
  }

  get order() {
    return this.chosenOrder || this.preset?.order || "queue";
  }

  get preset() {
    return PRESETS.find(
      ({ status, assignee }) => same(status, this.lists.status) && same(assignee, this.lists.assignee),
    );
  }

  has(name, value) {
    return this.lists[name].includes(value);
  }

  /** Filters beyond the view: [name, value]. */
  get chosen() {
    const names = this.preset ? FACETS.filter((name) => name !== "status") : LISTS;
    return names.flatMap((name) => this.lists[name].map((value) => [name, value]));
  }

  with(name, values) {
    const lists = { ...this.lists, [name]: values };
    if (name === "topic") lists.subtopic = [];
    return new Query(lists, this.q, this.chosenOrder);
  }

  toggled(name, value) {
    const values = this.lists[name];
    const without = values.filter((one) => one !== value);
    return this.with(name, without.length < values.length ? without : [...values, value]);
  }

  searching(q) {
    return new Query(this.lists, q, this.chosenOrder);
  }

  ordered(order) {
    return new Query(this.lists, this.q, order);
  }

  viewing({ status, assignee }) {
    return new Query({ ...this.lists, status, assignee }, this.q, "");
  }

  /** The view alone; `everywhere`: all states, whoever has the cases. */
  cleared() {
    const none = Object.fromEntries(LISTS.map((name) => [name, []]));
    const { status, assignee } = this.preset ?? PRESETS[0];
    return new Query({ ...none, status, assignee }, "", this.chosenOrder);
  }

  everywhere() {
    return this.viewing(PRESETS.at(-1));
  }
}

function same(one, other) {
  return one.length === other.length && one.every((value) => other.includes(value));
}
