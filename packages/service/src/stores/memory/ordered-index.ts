/** The kind of items to count: all, or only those with one state of their `ended` flag. */
export type Kind = 'all' | 'live' | 'ended';

interface Node<T> {
  readonly item: T;
  readonly priority: number;
  left: Node<T> | null;
  right: Node<T> | null;
  /** The number of items in this subtree; below, how many of them have ended. */
  size: number;
  ended: number;
}

/**
 * Items in order, with their ranks: a treap whose nodes count their subtrees. Insertion, deletion, the count of a range
 * and the start of a page all cost O(log n). This holds for all items, and for the live or the ended items alone.
 *
 * The properties that `compare` reads, and `ended`, must not change while the item is in the index.
 */
export class OrderedIndex<T extends { readonly ended: boolean }> {
  readonly #compare: (a: T, b: T) => number;
  #root: Node<T> | null = null;
  #seed = 0x9e3779b9;

  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#root?.size ?? 0;
  }

  count(kind: Kind): number {
    return weight(this.#root, kind);
  }

  first(): T | null {
    let node = this.#root;
    while (node?.left) node = node.left;
    return node?.item ?? null;
  }

  insert(item: T): void {
    const node = { item, priority: this.#nextPriority(), left: null, right: null, size: 1, ended: item.ended ? 1 : 0 };
    this.#root = this.#insert(this.#root, node);
  }

  /** The item must be in the index, under the same key. */
  delete(item: T): void {
    this.#root = this.#delete(this.#root, item);
  }

  /** How many items of a kind precede the first item for which `before` is false. All later items must be false too. */
  rank(before: (item: T) => boolean, kind: Kind): number {
    let rank = 0;
    let node = this.#root;
    while (node) {
      if (before(node.item)) {
        rank += weight(node, kind) - weight(node.right, kind);
        node = node.right;
      } else {
        node = node.left;
      }
    }
    return rank;
  }

  /** At most `count` items of a kind, from rank `start` on. */
  slice(kind: Kind, start: number, count: number): T[] {
    const items: T[] = [];
    if (count > 0) collect(this.#root, kind, start, count, items);
    return items;
  }

  #insert(tree: Node<T> | null, node: Node<T>): Node<T> {
    if (!tree) return node;
    const goesLeft = this.#compare(node.item, tree.item) < 0;
    if (node.priority > tree.priority) {
      [node.left, node.right] = this.#split(tree, node.item);
      return recount(node);
    }
    if (goesLeft) tree.left = this.#insert(tree.left, node);
    else tree.right = this.#insert(tree.right, node);
    return recount(tree);
  }

  #split(tree: Node<T> | null, item: T): [Node<T> | null, Node<T> | null] {
    if (!tree) return [null, null];
    if (this.#compare(item, tree.item) < 0) {
      const [left, right] = this.#split(tree.left, item);
      tree.left = right;
      return [left, recount(tree)];
    }
    const [left, right] = this.#split(tree.right, item);
    tree.right = left;
    return [recount(tree), right];
  }

  #delete(tree: Node<T> | null, item: T): Node<T> | null {
    if (!tree) throw new Error('The item is not in the index under its current key.');
    if (tree.item === item) return merge(tree.left, tree.right);
    if (this.#compare(item, tree.item) < 0) tree.left = this.#delete(tree.left, item);
    else tree.right = this.#delete(tree.right, item);
    return recount(tree);
  }

  /**
   * Xorshift: priorities need only be independent of the keys, and a fixed seed gives the same tree in every test run.
   */
  #nextPriority(): number {
    let seed = this.#seed;
    seed ^= seed << 13;
    seed ^= seed >>> 17;
    seed ^= seed << 5;
    this.#seed = seed;
    return seed;
  }
}

function weight<T>(node: Node<T> | null, kind: Kind): number {
  if (!node) return 0;
  switch (kind) {
    case 'all':
      return node.size;
    case 'live':
      return node.size - node.ended;
    case 'ended':
      return node.ended;
  }
}

function recount<T extends { readonly ended: boolean }>(node: Node<T>): Node<T> {
  const { left, right } = node;
  node.size = 1 + (left ? left.size : 0) + (right ? right.size : 0);
  node.ended = (node.item.ended ? 1 : 0) + (left ? left.ended : 0) + (right ? right.ended : 0);
  return node;
}

function merge<T extends { readonly ended: boolean }>(left: Node<T> | null, right: Node<T> | null): Node<T> | null {
  if (!left) return right;
  if (!right) return left;
  if (left.priority > right.priority) {
    left.right = merge(left.right, right);
    return recount(left);
  }
  right.left = merge(left, right.left);
  return recount(right);
}

/** Adds the items of the range `start` to `start + count`. */
function collect<T extends { readonly ended: boolean }>(
  node: Node<T> | null,
  kind: Kind,
  start: number,
  count: number,
  items: T[],
): void {
  if (!node || items.length === count) return;
  const inLeft = weight(node.left, kind);
  const own = weight(node, kind) - inLeft - weight(node.right, kind);
  if (start < inLeft) collect(node.left, kind, start, count, items);
  if (own === 1 && start <= inLeft && items.length < count) items.push(node.item);
  collect(node.right, kind, Math.max(0, start - inLeft - own), count, items);
}
