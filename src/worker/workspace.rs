//! Opening the engine the way the page asked for.

use crate::random;
use crate::tab::context;
use engine::{Connection, Engine, Host, NewWorkspace};
use model::{Currency, LifecycleThresholds, WorkspaceSettings, Zone};
use protocol::{Fault, FaultCode, Hello, Storage};

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
) -> Result<Engine, Fault> {
    let mut engine = Engine::open(connection, new_workspace(hello)?, &context())?;
    set_host(&mut engine, hello, storage, refused);
    Ok(engine)
}

/// Tells the engine what only the worker knows.
pub fn set_host(engine: &mut Engine, hello: &Hello, storage: Storage, refused: Option<String>) {
    engine.set_host(Host {
        storage,
        storage_refused: refused,
        demo: hello.demo.clone(),
        leader: true,
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
