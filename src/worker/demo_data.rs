//! A fresh workspace in memory, filled with a sample business.

use crate::tab::context;
use crate::time;
use crate::workspace::{new_workspace, set_host};
use demo::Business;
use engine::{Connection, Engine, Sample, SampleOrder};
use model::{Currency, Points, Refund, Zone};
use protocol::{Fault, FaultCode, Hello, Storage};

/// The café's home: the day there decides what is today in the sample.
const CAFE_ZONE: &str = "Asia/Shanghai";

/// The currency the café's amounts are in.
const CAFE_CURRENCY: &str = "CNY";

/// Opens the sample business called `name`.
///
/// # Errors
/// `NotFound` for a name that is none; what the engine says.
pub fn open(connection: Connection, hello: &Hello, name: &str) -> Result<Engine, Fault> {
    if name != "cafe" {
        return Err(Fault::new(FaultCode::NotFound).at("demo").found(name));
    }
    let zone = Zone::parse(CAFE_ZONE).map_err(|_| Fault::new(FaultCode::Internal))?;
    let now = time::now();
    let business = demo::cafe(zone.day(now)).until(now);
    let mut new = new_workspace(hello)?;
    new.settings.name.clone_from(&business.name);
    new.settings.zone = business.zone;
    new.settings.phone_country = "86".into();
    new.settings.currency =
        Currency::parse(CAFE_CURRENCY).map_err(|_| Fault::new(FaultCode::Internal))?;
    let mut engine = Engine::open(connection, new, &context())?;
    set_host(&mut engine, hello, Storage::Memory, None, false);
    engine.load_sample(&sample(business), &context())?;
    Ok(engine)
}

/// The same business in the engine's words, so that the engine need not know of samples.
fn sample(business: Business) -> Sample {
    let orders = business.orders.into_iter().map(|order| SampleOrder {
        customer: order.customer,
        order: order.order,
        refunds: order
            .refunds
            .into_iter()
            .map(|refund| Refund {
                key: refund.key,
                at: refund.at,
                amount: refund.amount,
                lines: refund.lines,
            })
            .collect(),
    });
    let redemptions = business.redemptions.into_iter();
    Sample {
        customers: business.customers,
        orders: orders.collect(),
        interactions: business.interactions,
        redemptions: redemptions
            .map(|(customer, at, points)| (customer, at, Points(points)))
            .collect(),
        program: business.program,
        segments: business.segments,
        coupons: business.coupons,
    }
}
