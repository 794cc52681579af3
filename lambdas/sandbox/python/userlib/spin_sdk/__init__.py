"""The part of the Spin SDK that functions are written against (docs/contracts/functions.md#semantics)."""
