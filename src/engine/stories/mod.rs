//! The engine as a whole (a folder `tests` would be taken for tests of their own), natively, on SQLite in memory or in a file.

#![expect(
    clippy::disallowed_methods,
    reason = "tests open database files of their own"
)]

mod backup;
mod between;
mod commands;
mod counter;
mod coupons;
mod designing;
mod importing;
mod insights;
mod liability;
mod linking;
mod main_job;
mod membership;
mod out;
mod points;
mod properties;
mod quality;
mod reading;
mod rules;
mod twins;

use crate::*;
use model::import::{ImportPlan, Reading};
use model::*;
use protocol::{
    Command, Done, Fault, FaultCode, ImportReport, ListRequest, Outcome, Page, Query, Reply,
};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

/// A programme: a point per yuan, tiers, a year of validity, 100 points worth 1.00.
pub(super) const PROGRAM: &str = r#"{"name":"Star","currency":"CNY","time_zone":"Asia/Shanghai",
  "earn":[{"id":"base","on":"purchase","points":1,"per":"1.00"}],
  "expiry":{"kind":"months","n":12},
  "redeem":{"points":100,"worth":"1.00","step":100,"min_points":100},
  "rewards":[{"id":"mug","name":"Mug","points":300,"stock":1}],
  "tiers":{"measure":"qualifying_points","window":{"kind":"rolling_months","n":12},"keep_months":12,
    "levels":[{"id":"silver","from":0},{"id":"gold","from":1000}]}}"#;

/// An engine with a clock.
pub(super) struct Shop {
    pub(super) engine: Engine,
    pub(super) now: Timestamp,
}

pub(super) fn settings() -> WorkspaceSettings {
    WorkspaceSettings {
        name: "Test".into(),
        currency: Currency::CNY,
        zone: Zone::parse("Asia/Shanghai").unwrap(),
        phone_country: "86".into(),
        lifecycle: LifecycleThresholds::default(),
        points: model::PointsAssumptions::default(),
        rfm: model::RfmOptions::default(),
        rates: Vec::new(),
    }
}

pub(super) fn new_workspace(replica: u32) -> NewWorkspace {
    NewWorkspace {
        replica: Replica::from_random(replica),
        settings: settings(),
    }
}

pub(super) fn at(text: &str) -> Timestamp {
    settings().zone.read(text).unwrap()
}

impl Shop {
    /// Opens in memory, at noon of 2026-06-15, with columns.
    pub(super) fn new() -> Self {
        Self::open(Connection::open_in_memory().unwrap())
    }

    pub(super) fn in_file(path: &Path) -> Self {
        Self::open(Connection::open(path).unwrap())
    }

    fn open(connection: Connection) -> Self {
        let mut shop = Self::unloaded(connection);
        shop.load(None);
        shop
    }

    pub(super) fn unloaded(connection: Connection) -> Self {
        let now = at("2026-06-15T12:00");
        let context = Context {
            now,
            who: "tester".into(),
        };
        let engine = Engine::open(connection, new_workspace(7), &context).unwrap();
        Self { engine, now }
    }

    pub(super) fn context(&self) -> Context {
        Context {
            now: self.now,
            who: "tester".into(),
        }
    }

    /// Loads the columns; whether the snapshot was used.
    pub(super) fn load(&mut self, snapshot: Option<&[u8]>) -> bool {
        let context = self.context();
        let mut load = ColumnsLoad::new(&self.engine, snapshot);
        let used = load.from_snapshot();
        while let Step::More(_) = load.step(&mut self.engine, &context).unwrap() {}
        used
    }

    pub(super) fn try_apply(&mut self, command: &Command) -> Result<Done, Fault> {
        // Unique over all shops: a database that is opened again remembers the requests of before.
        static REQUESTS: AtomicU32 = AtomicU32::new(0);
        let request = format!("request-{}", REQUESTS.fetch_add(1, Ordering::Relaxed));
        let context = self.context();
        let applied = self.engine.apply(command, &request, &context)?;
        if let Some(changed) = applied.changed {
            assert_eq!(changed.data_version, self.engine.data_version());
        }
        Ok(applied.done)
    }

    #[track_caller]
    pub(super) fn apply(&mut self, command: &Command) -> Done {
        self.try_apply(command).unwrap()
    }

    #[track_caller]
    pub(super) fn refuse(&mut self, command: &Command) -> Fault {
        let before = self.engine.data_version();
        let fault = self.try_apply(command).unwrap_err();
        assert_eq!(self.engine.data_version(), before, "nothing was changed");
        fault
    }

    #[track_caller]
    pub(super) fn ask(&mut self, query: Query) -> Reply {
        let context = self.context();
        self.engine.query(&query, &context).unwrap()
    }

    #[track_caller]
    pub(super) fn customer(&mut self, name: &str, phone: &str) -> CustomerId {
        let fields = CustomerDraft {
            name: name.into(),
            phone: (!phone.is_empty()).then(|| phone.into()),
            ..CustomerDraft::default()
        };
        match self.apply(&Command::CreateCustomer { fields }).outcome {
            Outcome::Customer { id } => id,
            other => panic!("{other:?}"),
        }
    }

    #[track_caller]
    pub(super) fn order(&mut self, customer: CustomerId, when: &str, amount: i64) -> OrderId {
        let fields = order(when, amount);
        match self
            .apply(&Command::CreateOrder { customer, fields })
            .outcome
        {
            Outcome::Order { id } => id,
            other => panic!("{other:?}"),
        }
    }

    #[track_caller]
    pub(super) fn program(&mut self) {
        self.apply(&Command::SetProgram {
            program: PROGRAM.into(),
            from: None,
        });
    }

    #[track_caller]
    pub(super) fn count(&mut self, rule: &str) -> u64 {
        self.count_on(rule, None)
    }

    #[track_caller]
    pub(super) fn count_on(&mut self, rule: &str, as_of: Option<Day>) -> u64 {
        match self.ask(Query::Count {
            rule: rule.into(),
            as_of,
        }) {
            Reply::Count(count) => count.count,
            other => panic!("{other:?}"),
        }
    }

    #[track_caller]
    pub(super) fn list(&mut self, request: ListRequest) -> Page<protocol::CustomerRow> {
        match self.ask(Query::Customers(request)) {
            Reply::Customers(page) => page,
            other => panic!("{other:?}"),
        }
    }

    #[track_caller]
    pub(super) fn names(&mut self, request: ListRequest) -> Vec<String> {
        let page = self.list(request);
        page.items
            .into_iter()
            .map(|row| row.customer.fields.name)
            .collect()
    }

    #[track_caller]
    pub(super) fn balance(&mut self, customer: CustomerId) -> i64 {
        match self.ask(Query::Member {
            customer,
            as_of: None,
        }) {
            Reply::Member(member) => member.balance.0,
            other => panic!("{other:?}"),
        }
    }

    /// The plan that takes a file as it seems to be.
    #[track_caller]
    pub(super) fn plan(&self, name: &str, file: &str) -> ImportPlan {
        let bytes = file.as_bytes();
        let inspection = self
            .engine
            .inspect(name, bytes, bytes.len() as u64, &Reading::default())
            .unwrap();
        intake::plan(&inspection, Currency::CNY)
    }

    /// A look at a file, with what is remembered of such files.
    #[track_caller]
    pub(super) fn recalled(
        &self,
        name: &str,
        file: &str,
        reading: &Reading,
    ) -> model::import::Inspection {
        let bytes = file.as_bytes();
        let size = bytes.len() as u64;
        let mut inspection = self.engine.inspect(name, bytes, size, reading).unwrap();
        let identity = FileIdentity::of(size, bytes, bytes);
        self.engine
            .recall(&mut inspection, &identity, reading)
            .unwrap();
        inspection
    }

    /// The plan of such a file as it was read before.
    #[track_caller]
    pub(super) fn plan_again(&self, name: &str, file: &str) -> ImportPlan {
        let inspection = self.recalled(name, file, &Reading::default());
        let plan = inspection.remembered.expect("it is remembered").plan;
        ImportPlan {
            file_name: name.into(),
            ..plan
        }
    }

    #[track_caller]
    pub(super) fn import(&mut self, name: &str, file: &str) -> ImportReport {
        let plan = self.plan(name, file);
        self.run(plan, file, false)
    }

    #[track_caller]
    pub(super) fn dry_run(&mut self, name: &str, file: &str) -> ImportReport {
        let plan = self.plan(name, file);
        self.run(plan, file, true)
    }

    #[track_caller]
    pub(super) fn run(&mut self, plan: ImportPlan, file: &str, dry_run: bool) -> ImportReport {
        let context = self.context();
        let mut session = self.session(plan, file, dry_run);
        let mut rest = file.as_bytes();
        loop {
            match session.step(&mut self.engine, &context).unwrap() {
                ImportStep::NeedsBytes(_) if rest.is_empty() => session.end_of_file(),
                ImportStep::NeedsBytes(_) => {
                    let (chunk, after) = rest.split_at(rest.len().min(1000));
                    session.feed(chunk);
                    rest = after;
                }
                ImportStep::More(_) => {}
                ImportStep::Complete => break,
            }
        }
        session.finish(&mut self.engine, &context).unwrap().0
    }

    #[track_caller]
    pub(super) fn session(&mut self, plan: ImportPlan, file: &str, dry: bool) -> ImportSession {
        let context = self.context();
        let bytes = file.as_bytes();
        let identity = FileIdentity::of(bytes.len() as u64, bytes, bytes);
        ImportSession::new(&mut self.engine, plan, identity, dry, &context).unwrap()
    }

    /// Columns and balances agree with what the store says.
    #[track_caller]
    pub(super) fn assert_in_step(&mut self) {
        let today = self.engine.today(&self.context());
        let live = self.engine.columns.take().expect("columns are loaded");
        // Balances as they were followed, write by write.
        self.engine.columns = Some(live);
        let of_view = |view: crate::derive::View<'_>| {
            let points = view.points();
            points.map(|(table, it)| (table.totals.clone(), it.clone()))
        };
        let followed = of_view(self.engine.view(today, today).unwrap());
        let (sums, followed) = followed.unzip();
        let live = self.engine.columns.take().unwrap();
        self.load(None);
        let rebuilt = self.engine.columns.as_ref().unwrap();
        assert_eq!(live.first_difference(rebuilt), None);
        assert_eq!(live.data_version(), self.engine.data_version());
        let ids: Vec<_> = rebuilt
            .live()
            .iter()
            .filter_map(|slot| rebuilt.id(slot))
            .collect();
        let view = self.engine.view(today, today).unwrap();
        let anew = view
            .points()
            .map(|(table, it)| (table.totals.clone(), it.clone()));
        let (sums_anew, anew) = anew.unzip();
        assert_eq!(sums, sums_anew, "the sums follow each write");
        assert_eq!(followed.is_some(), anew.is_some());
        if let (Some(followed), Some(anew)) = (followed, anew) {
            for id in ids {
                let (old, new) = (live.slot(id).unwrap(), view.columns.slot(id).unwrap());
                let of = |columns: &segment::LoyaltyColumns, slot: u32| {
                    let at = slot as usize;
                    (
                        columns.balance[at],
                        columns.expiring_30[at],
                        columns.tier[at],
                    )
                };
                assert_eq!(of(&followed, old), of(&anew, new), "{id}");
            }
        }
    }
}

pub(super) fn order(when: &str, amount: i64) -> OrderDraft {
    OrderDraft {
        external_id: None,
        at: at(when),
        currency: Currency::CNY,
        amount: Money(amount),
        gross: None,
        tax: None,
        paid_with_points: None,
        status: OrderStatus::Paid,
        channel: None,
        coupon: None,
        lines: Vec::new(),
    }
}

/// One line a report, for `expect!`.
pub(super) fn show(report: &ImportReport) -> String {
    let tally = |t: &model::import::Tally| {
        format!(
            "{}+ {}~ {}= {}-",
            t.created, t.updated, t.unchanged, t.skipped
        )
    };
    let issues: Vec<String> = report
        .issue_counts
        .iter()
        .map(|it| format!("{:?}x{}", it.code, it.count))
        .collect();
    format!(
        "rows {} customers {} orders {} duplicates {} batch {} [{}]",
        report.rows,
        tally(&report.customers),
        tally(&report.orders),
        report.duplicates,
        if report.batch.is_some() { "yes" } else { "no" },
        issues.join(" ")
    )
}

/// A fault in one line.
pub(super) fn tell(fault: &Fault) -> String {
    let issues: Vec<String> = fault
        .issues
        .iter()
        .map(|i| format!("{}:{:?}", i.field.clone().unwrap_or_default(), i.code))
        .collect();
    let part = |text: &Option<String>| text.clone().unwrap_or("-".into());
    format!(
        "{:?} at {} found {} expected {} [{}]",
        fault.code,
        part(&fault.path),
        part(&fault.found),
        part(&fault.expected),
        issues.join(" ")
    )
}
