// Faces grouped by identity: who shares a label with whom, in ragged arrays.

/** Faces ordered by label, then by face number; group g is `order[offsets[g] … offsets[g + 1] − 1]`. */
export interface IdentityGroups {
  readonly order: Int32Array;
  readonly offsets: Int32Array;
  /** Group of each face. */
  readonly groupOf: Int32Array;
}

/** Groups faces by label in O(N log N); labels may be any integers. */
export function groupByIdentity(labels: Int32Array): IdentityGroups {
  const order = Int32Array.from(labels.keys()).sort(
    (left, right) => labels[left] - labels[right] || left - right,
  );
  const groupOf = new Int32Array(labels.length);
  const starts: number[] = [];
  for (let position = 0; position < order.length; position++) {
    const face = order[position];
    const isFirst = position === 0 || labels[face] !== labels[order[position - 1]];
    if (isFirst) starts.push(position);
    groupOf[face] = starts.length - 1;
  }
  return { order, offsets: Int32Array.from([...starts, order.length]), groupOf };
}

/** The faces of one group, ascending. */
export function membersOf(groups: IdentityGroups, group: number): Int32Array {
  return groups.order.subarray(groups.offsets[group], groups.offsets[group + 1]);
}

export function groupSize(groups: IdentityGroups, group: number): number {
  return groups.offsets[group + 1] - groups.offsets[group];
}
