//! A strict linter of the specs: the rules of `specs/README.md`.
