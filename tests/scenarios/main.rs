//! One suite of scenarios over all gateways.
