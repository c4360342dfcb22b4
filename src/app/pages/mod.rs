//! The pages, one folder or file for each noun.

pub mod counter;
pub mod coupons;
pub mod customers;
pub mod data;
pub mod home;
pub mod import;
pub mod orders;
pub mod points;
pub mod segments;
pub mod settings;
pub mod sync;
