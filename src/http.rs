//! The one client for everything that leaves the node.
