//! One person: everything known about them, and erasing them for good.

mod erase;
mod file;
