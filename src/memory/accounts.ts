/** Bytes by purpose, kept by whoever allocates; `memory()` reads them. */
export const accounts: {
  variables: number;
  optimizers: number;
  staging: number;
  arena: number;
  saved: number;
  plans: number;
} = { variables: 0, optimizers: 0, staging: 0, arena: 0, saved: 0, plans: 0 };
