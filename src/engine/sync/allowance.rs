//! What an endpoint has to allow a page of another origin: methods and headers that a profile uses.

use sync::{
    Auth, CreateWith, Deletes, Mode, Paging, PreconditionWith, Profile, UpdateWith, VersionSource,
};

/// Methods, request headers, and headers of answers that the page has to see.
pub(super) fn of(profile: &Profile) -> (Vec<String>, Vec<String>, Vec<String>) {
    let mut methods = vec!["GET"];
    match profile.mode {
        Mode::Document => methods.push("PUT"),
        Mode::Couchdb => methods.extend(["POST", "PUT"]),
        Mode::Action => methods.push("POST"),
        Mode::Collection => {
            methods.push(match profile.create.with {
                CreateWith::Put => "PUT",
                CreateWith::Post | CreateWith::Upsert => "POST",
            });
            methods.push(match profile.update.with {
                UpdateWith::Patch => "PATCH",
                UpdateWith::Put => "PUT",
                UpdateWith::Upsert | UpdateWith::Bulk => "POST",
            });
            if !matches!(profile.deletes, Deletes::Field | Deletes::None) {
                methods.push("DELETE");
            }
        }
    }
    methods.sort_unstable();
    methods.dedup();
    let mut headers = vec!["content-type".to_owned()];
    match &profile.auth {
        Auth::None => {}
        Auth::Header { name, .. } => headers.push(name.to_lowercase()),
        Auth::Basic | Auth::Bearer | Auth::Oauth => headers.push("authorization".to_owned()),
    }
    let mut expose = Vec::new();
    if profile.precondition.with == PreconditionWith::IfMatch {
        headers.push("if-match".to_owned());
    }
    if let VersionSource::Header { name } = &profile.version {
        expose.push(name.clone());
    }
    match &profile.paging {
        Paging::Link { .. } => expose.push("link".to_owned()),
        Paging::Header { header, .. } => expose.push(header.clone()),
        _ => {}
    }
    let methods = methods.into_iter().map(str::to_owned).collect();
    (methods, headers, expose)
}
