//! Opening the engine the way the page asked for.

use crate::tab::context;
use crate::{opfs, random};
use ::vault::Keys;
use engine::{Connection, Engine, Host, NewWorkspace};
use model::{Currency, LifecycleThresholds, WorkspaceSettings, Zone};
use protocol::{Fault, FaultCode, Hello, PROTOCOL_VERSION, Storage};

/// Currency of a new workspace when the page names none that exists.
const FALLBACK_CURRENCY: &str = "CNY";

/// Opens or creates the workspace's database.
///
/// # Errors
/// What [`Engine::open`] says.
pub fn open_engine(
    connection: Connection,
    hello: &Hello,
    storage: Storage,
    refused: Option<String>,
    keys: Option<&Keys>,
) -> Result<Engine, Fault> {
    let mut engine = Engine::open(connection, new_workspace(hello)?, &context())?;
    if let Some(keys) = keys {
        engine.restore_by_way_of(opfs::address_between(keys).to_string());
    }
    set_host(&mut engine, hello, storage, refused, keys.is_some());
    Ok(engine)
}

/// An empty one in memory, to take the place of one that is let go of.
///
/// # Errors
/// What [`Engine::open`] says.
pub fn in_memory() -> Result<Engine, Fault> {
    let connection = Connection::open_in_memory()
        .map_err(|error| Fault::new(FaultCode::Storage).detail(error.to_string()))?;
    let hello = Hello {
        version: PROTOCOL_VERSION,
        workspace: String::new(),
        storage: Storage::Memory,
        demo: None,
        zone: String::new(),
        currency: String::new(),
        passphrase: None,
    };
    Engine::open(connection, new_workspace(&hello)?, &context())
}

/// Tells the engine what only the worker knows.
pub fn set_host(
    engine: &mut Engine,
    hello: &Hello,
    storage: Storage,
    refused: Option<String>,
    encrypted: bool,
) {
    engine.set_host(Host {
        storage,
        storage_refused: refused,
        demo: hello.demo.clone(),
        leader: true,
        encrypted,
    });
}

/// What an empty database starts with.
///
/// # Errors
/// None in practice: the fallbacks exist.
pub fn new_workspace(hello: &Hello) -> Result<NewWorkspace, Fault> {
    let bad = |what: &str| Fault::new(FaultCode::Invalid).at(what.to_owned());
    let settings = WorkspaceSettings {
        name: String::new(),
        currency: Currency::parse(&hello.currency)
            .or_else(|_| Currency::parse(FALLBACK_CURRENCY))
            .map_err(|_| bad("currency"))?,
        zone: Zone::parse(&hello.zone)
            .or_else(|_| Zone::parse("UTC"))
            .map_err(|_| bad("zone"))?,
        phone_country: phone_country(&hello.currency).into(),
        lifecycle: LifecycleThresholds::default(),
        points: model::PointsAssumptions::default(),
        rfm: model::RfmOptions::default(),
        rates: Vec::new(),
    };
    Ok(NewWorkspace {
        replica: random::replica(),
        settings,
    })
}

/// The country code that goes with a currency, for numbers written without one; settings change it.
fn phone_country(currency: &str) -> &'static str {
    match currency {
        "USD" | "CAD" => "1",
        "GBP" => "44",
        "JPY" => "81",
        "HKD" => "852",
        "TWD" => "886",
        "SGD" => "65",
        _ => "86",
    }
}
