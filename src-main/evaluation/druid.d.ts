// The part of druid that is used here: version 0.7.3, the last under the BSD licence, ships no types.

declare module '@saehrimnir/druidjs' {
  export class TSNE {
    constructor(
      /** N rows of D numbers. */
      points: readonly (readonly number[])[],
      parameters: {
        readonly perplexity: number;
        /** Learning rate. */
        readonly epsilon: number;
        /** Dimensions of the result. */
        readonly d: number;
        readonly seed: number;
      },
    );
    /** N rows of d numbers. */
    transform(iterations: number): readonly (readonly number[])[];
  }
}
