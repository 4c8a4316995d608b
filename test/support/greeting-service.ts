// A service that greets, echoes, counts and can be made to wait for ever.

export interface GreetingService {
  readonly methods: {
    /** Its process id. */
    readonly hello: { readonly params: null; readonly result: number };
    readonly echo: { readonly params: object; readonly result: object };
    readonly wait: { readonly params: null; readonly result: null };
    readonly count: { readonly params: { readonly value: number }; readonly result: null };
  };
  readonly events: { readonly counted: number };
}
