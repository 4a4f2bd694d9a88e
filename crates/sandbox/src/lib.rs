//! Five Indonesian payment gateways on localhost.
