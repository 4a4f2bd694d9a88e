//! What the tests of the workspace share: the documented samples, read from the specs.
