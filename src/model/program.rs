//! The loyalty programme.
