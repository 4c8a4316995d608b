// Names of people to numbers: sorted, so that the same people always get the same ones.

/** One number a face, by the sorted order of names; null stays unknown (−1). */
export function numberSubjects(people: readonly (string | null)[]): {
  readonly subjects: Int32Array;
  readonly subjectNames: readonly string[];
} {
  const subjectNames = [...new Set(people.filter((person) => person !== null))].sort();
  const numberOf = new Map(subjectNames.map((name, index) => [name, index]));
  const subjects = Int32Array.from(people, (person) => (person === null ? -1 : (numberOf.get(person) ?? -1)));
  return { subjects, subjectNames };
}
