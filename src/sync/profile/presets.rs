//! Profiles of endpoints that we know, each a JSON file of its own.

use super::Profile;
use crate::{Fault, FaultCode, check_address};
use serde_json::Value;

/// A profile that only needs its address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preset {
    /// Its name in settings and in [`Profile::preset`]: `json-server`.
    pub id: &'static str,
    /// The profile as JSON text, with an example for its address.
    pub json: &'static str,
}

macro_rules! presets {
    ($($id:literal),+ $(,)?) => {
        /// All presets, in the order in which they are offered. `rest` and `document` are where the probe begins with an
        /// endpoint that nobody here knows.
        pub const PRESETS: &[Preset] = &[
            $(Preset { id: $id, json: include_str!(concat!("../presets/", $id, ".json")) }),+
        ];
    };
}

presets! {
    "rest",
    "document",
    "json-server",
    "couchdb",
    "kinto",
    "postgrest",
    "supabase",
    "pocketbase",
    "directus",
    "parse",
    "odata",
    "webdav",
    "remotestorage",
    "s3",
    "zoho-crm",
}

/// The profile of a preset at an address; the example's when `base` is empty.
///
/// # Errors
/// `profile-value` for a name that is none, and the faults of the address.
pub fn preset(id: &str, base: &str) -> Result<Profile, Vec<Fault>> {
    let Some(preset) = PRESETS.iter().find(|preset| preset.id == id) else {
        let names: Vec<&str> = PRESETS.iter().map(|preset| preset.id).collect();
        let fault = Fault::new(FaultCode::ProfileValue, "preset", id, &names.join(", "));
        return Err(vec![fault]);
    };
    let json: Value = serde_json::from_str(preset.json).unwrap_or(Value::Null);
    let mut profile = Profile::parse(&json)?;
    if !base.is_empty() {
        check_address(base).map_err(|fault| vec![fault])?;
        profile.base = base.trim().trim_end_matches('/').to_owned();
    }
    Ok(profile)
}
