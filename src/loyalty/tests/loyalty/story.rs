//! A member's story, told in short calls: the only place that touches the interface's slices.

use loyalty::{
    Account, AsOf, Deed, Dictionary, Ends, Entry, EntryKind, Evaluator, KnownBirthday, Line,
    Member, MovedLot, NO_CODE, Programs, Purchase, Recorded, Refund, ReturnedLine, Span, Standing,
    Texts, TrackedEvent, Version,
};
use model::program::Program;
use model::{
    Birthday, Currency, Day, EntryId, InteractionId, Money, OrderId, OrderStatus, Points,
    Timestamp, Zone,
};
use serde_json::{Value, json};

/// A programme with these parts; what is left out has a plain value.
pub fn program(parts: Value) -> Program {
    let mut all = json!({
        "name": "Test", "currency": "CNY", "time_zone": "Asia/Shanghai",
        "earn": [{"id": "base", "on": "purchase", "points": 1, "per": "1.00"}],
    });
    for (key, value) in parts.as_object().unwrap() {
        all[key] = value.clone();
    }
    Program::parse(&all.to_string()).unwrap_or_else(|fault| panic!("{fault}"))
}

pub fn day(text: &str) -> Day {
    text.parse().unwrap()
}

pub fn money(text: &str) -> Money {
    Money::parse(text, Currency::CNY).unwrap()
}

pub fn zone() -> Zone {
    Zone::parse("Asia/Shanghai").unwrap()
}

/// The end of a local day.
pub fn end_of(text: &str) -> AsOf {
    AsOf::end_of(day(text), &zone())
}

#[derive(Clone, Debug)]
pub struct OwnedRefund {
    pub key: String,
    pub at: Timestamp,
    pub amount: Money,
    pub lines: Vec<ReturnedLine>,
}

#[derive(Clone, Debug)]
pub struct OwnedPurchase {
    pub head: Purchase,
    pub lines: Vec<Line>,
    pub refunds: Vec<OwnedRefund>,
}

#[derive(Clone, Debug)]
pub enum OwnedDeed {
    Redeem(i64, Option<i64>),
    Adjust(i64),
    Bonus(i64, Ends, bool),
    Reverse(i64),
    TransferOut(i64),
    TransferIn(Vec<MovedLot>),
    MergeIn(Vec<MovedLot>, i64, Option<String>, Option<Day>),
    MergeOut(Vec<MovedLot>, i64),
}

#[derive(Clone, Debug)]
pub struct OwnedEntry {
    pub id: i64,
    pub key: String,
    pub at: Timestamp,
    pub deed: OwnedDeed,
}

#[derive(Clone, Debug)]
pub struct OwnedEvent {
    pub id: i64,
    pub at: Timestamp,
    pub kind: String,
    pub amount: Option<Money>,
}

/// A dictionary of test texts: the code is the place.
#[derive(Clone, Debug, Default)]
pub struct Words(pub Vec<String>);

impl Words {
    fn code(&mut self, text: &str) -> u32 {
        if text.is_empty() {
            return NO_CODE;
        }
        let known = self.0.iter().position(|it| it == text);
        known.unwrap_or_else(|| {
            self.0.push(text.to_owned());
            self.0.len() - 1
        }) as u32
    }
}

impl Dictionary for Words {
    fn each(&self, _of: Texts, see: &mut dyn FnMut(u32, &str)) {
        for (text, code) in self.0.iter().zip(0..) {
            see(code, text);
        }
    }
}

#[derive(Clone, Debug, Default)]
pub struct Story {
    pub versions: Vec<Version>,
    pub words: Words,
    pub purchases: Vec<OwnedPurchase>,
    pub entries: Vec<OwnedEntry>,
    pub events: Vec<OwnedEvent>,
    pub signup_on: Option<Day>,
    pub birthday: Option<KnownBirthday>,
}

impl Story {
    pub fn new(parts: Value) -> Self {
        Self::of(program(parts))
    }

    pub fn of(program: Program) -> Self {
        Self {
            versions: vec![Version {
                number: 1,
                from: None,
                program,
            }],
            ..Self::default()
        }
    }

    /// Another version from a day on.
    pub fn then(mut self, from: &str, parts: Value) -> Self {
        let number = self.versions.len() as u32 + 1;
        let from = Some(day(from));
        self.versions.push(Version {
            number,
            from,
            program: program(parts),
        });
        self
    }

    /// `2026-01-31` is noon of that day; `2026-01-31 18:30` is that minute.
    pub fn at(&self, text: &str) -> Timestamp {
        let text = if text.len() == 10 {
            format!("{text} 12:00")
        } else {
            text.to_owned()
        };
        zone().read(&text).unwrap()
    }

    pub fn order(mut self, id: i64, at: &str, amount: &str) -> Self {
        let at = self.at(at);
        let (day, minute) = zone().day_and_minute(at);
        let amount = money(amount);
        self.purchases.push(OwnedPurchase {
            head: Purchase {
                id: OrderId(id),
                at,
                day,
                minute,
                status: OrderStatus::Paid,
                amount,
                gross: amount,
                tax: Money::ZERO,
                paid_with_points: Money::ZERO,
                channel: NO_CODE,
                coupon: NO_CODE,
                lines: Span::default(),
                refunds: Span::default(),
            },
            lines: Vec::new(),
            refunds: Vec::new(),
        });
        self
    }

    /// Changes the last order.
    pub fn with(mut self, change: impl FnOnce(&mut Purchase)) -> Self {
        change(&mut self.purchases.last_mut().unwrap().head);
        self
    }

    /// Adds a line of one piece to the last order.
    pub fn line(mut self, product: &str, category: &str, amount: &str) -> Self {
        let line = Line {
            product: self.words.code(product),
            category: self.words.code(category),
            quantity_milli: 1_000,
            amount: money(amount),
        };
        self.purchases.last_mut().unwrap().lines.push(line);
        self
    }

    pub fn channel(mut self, channel: &str) -> Self {
        let code = self.words.code(channel);
        self.with(|it| it.channel = code)
    }

    pub fn refund(self, order: i64, at: &str, amount: &str) -> Self {
        self.refund_lines(order, at, amount, &[])
    }

    pub fn refund_lines(
        mut self,
        order: i64,
        at: &str,
        amount: &str,
        lines: &[(u32, i64)],
    ) -> Self {
        let at = self.at(at);
        let purchase = self
            .purchases
            .iter_mut()
            .find(|it| it.head.id.0 == order)
            .unwrap();
        let key = format!("r{}", purchase.refunds.len());
        let line = |&(line, quantity_milli): &(u32, i64)| ReturnedLine {
            line,
            quantity_milli,
        };
        let lines = lines.iter().map(line).collect();
        purchase.refunds.push(OwnedRefund {
            key,
            at,
            amount: money(amount),
            lines,
        });
        self
    }

    pub fn entry(mut self, id: i64, at: &str, deed: OwnedDeed) -> Self {
        let at = self.at(at);
        self.entries.push(OwnedEntry {
            id,
            key: format!("k{id}"),
            at,
            deed,
        });
        self
    }

    pub fn redeem(self, id: i64, at: &str, points: i64) -> Self {
        self.entry(id, at, OwnedDeed::Redeem(points, None))
    }

    pub fn bonus(self, id: i64, at: &str, points: i64, last_usable: Option<&str>) -> Self {
        let ends = last_usable.map_or(Ends::Never, |last| Ends::On(day(last)));
        self.entry(id, at, OwnedDeed::Bonus(points, ends, false))
    }

    pub fn event(mut self, id: i64, at: &str, kind: &str, amount: Option<&str>) -> Self {
        let at = self.at(at);
        let amount = amount.map(money);
        self.events.push(OwnedEvent {
            id,
            at,
            kind: kind.to_owned(),
            amount,
        });
        self
    }

    pub fn signup(mut self, on: &str) -> Self {
        self.signup_on = Some(day(on));
        self
    }

    pub fn born(mut self, birthday: &str, known_on: &str) -> Self {
        let birthday: Birthday = birthday.parse().unwrap();
        self.birthday = Some(KnownBirthday {
            birthday,
            known_on: day(known_on),
        });
        self
    }

    pub fn programs(&self) -> Programs {
        Programs::new(&self.versions, &self.words).unwrap()
    }

    /// Hands the story over as the engine does.
    pub fn tell<T>(&self, listen: impl FnOnce(&Member<'_>) -> T) -> T {
        let zone = zone();
        let (mut lines, mut refunds, mut refund_lines) = (Vec::new(), Vec::new(), Vec::new());
        let mut purchases = Vec::new();
        let span = |start: usize, end: usize| Span {
            start: start as u32,
            len: (end - start) as u32,
        };
        for it in &self.purchases {
            let (first_line, first_refund) = (lines.len(), refunds.len());
            lines.extend_from_slice(&it.lines);
            for refund in &it.refunds {
                let first = refund_lines.len();
                refund_lines.extend_from_slice(&refund.lines);
                refunds.push(Refund {
                    key: &refund.key,
                    at: refund.at,
                    day: zone.day(refund.at),
                    amount: refund.amount,
                    lines: span(first, refund_lines.len()),
                });
            }
            purchases.push(Purchase {
                lines: span(first_line, lines.len()),
                refunds: span(first_refund, refunds.len()),
                ..it.head
            });
        }
        let recorded: Vec<Recorded<'_>> = self.entries.iter().map(recorded).collect();
        let events: Vec<TrackedEvent<'_>> = self
            .events
            .iter()
            .map(|it| TrackedEvent {
                id: InteractionId(it.id),
                at: it.at,
                day: zone.day(it.at),
                kind: &it.kind,
                amount: it.amount,
            })
            .collect();
        listen(&Member {
            purchases: &purchases,
            lines: &lines,
            refunds: &refunds,
            refund_lines: &refund_lines,
            events: &events,
            recorded: &recorded,
            signup_on: self.signup_on,
            birthday: self.birthday,
        })
    }

    /// The ledger; that it agrees with itself and with the fast way is checked every time.
    pub fn ledger_at(&self, as_of: AsOf) -> (Account, Vec<Entry>) {
        let programs = self.programs();
        self.tell(|member| {
            let mut evaluator = Evaluator::new(&programs);
            let (account, entries) = evaluator.ledger(member, as_of).unwrap();
            let standing = evaluator.standing(member, as_of).unwrap();
            assert_eq!(
                standing, account.standing,
                "the fast way agrees with the ledger"
            );
            check(&account, &entries);
            (account, entries)
        })
    }

    pub fn ledger(&self, on: &str) -> (Account, Vec<Entry>) {
        self.ledger_at(end_of(on))
    }

    pub fn on(&self, on: &str) -> Standing {
        self.ledger(on).0.standing
    }

    pub fn balance(&self, on: &str) -> i64 {
        self.on(on).balance.0
    }

    pub fn pending(&self, on: &str) -> i64 {
        self.on(on).pending.0
    }

    /// The id of the tier, or `-`.
    pub fn tier(&self, on: &str) -> String {
        let programs = self.programs();
        let version = programs.in_force(day(on)).unwrap();
        let tier = self.on(on).tier;
        tier.map_or("-".to_owned(), |tier| {
            version.program.tiers.as_ref().unwrap().levels[usize::from(tier)]
                .id
                .clone()
        })
    }

    /// Entries as one line each.
    pub fn told(&self, on: &str) -> String {
        self.ledger(on)
            .1
            .iter()
            .map(|entry| told(entry) + "\n")
            .collect()
    }
}

fn recorded(it: &OwnedEntry) -> Recorded<'_> {
    let what = match &it.deed {
        OwnedDeed::Redeem(points, order) => Deed::Redemption {
            points: Points(*points),
            order: order.map(OrderId),
            reward: None,
        },
        OwnedDeed::Adjust(points) => Deed::Adjustment {
            points: Points(*points),
        },
        OwnedDeed::Bonus(points, ends, qualifies) => Deed::Bonus {
            points: Points(*points),
            qualifies: *qualifies,
            ends: *ends,
        },
        OwnedDeed::Reverse(of) => Deed::Reversal { of: EntryId(*of) },
        OwnedDeed::TransferOut(points) => Deed::TransferOut {
            points: Points(*points),
        },
        OwnedDeed::TransferIn(lots) => Deed::TransferIn { lots },
        OwnedDeed::MergeIn(lots, debt, tier, until) => Deed::MergeIn {
            lots,
            debt: Points(*debt),
            tier: tier.as_deref(),
            tier_until: *until,
        },
        OwnedDeed::MergeOut(lots, debt) => Deed::MergeOut {
            lots,
            debt: Points(*debt),
        },
    };
    Recorded {
        id: EntryId(it.id),
        key: &it.key,
        at: it.at,
        day: zone().day(it.at),
        what,
        reason: None,
    }
}

fn told(entry: &Entry) -> String {
    let mut line = format!(
        "{} {:?} {:+} = {}",
        entry.day, entry.kind, entry.points.0, entry.balance
    );
    if let Some(day) = entry.posts_on {
        line += &format!(", posts {day}");
    }
    if let Some(day) = entry.expires_on {
        line += &format!(", usable to {day}");
    }
    if !entry.rules.is_empty() {
        line += &format!(", by {}", entry.rules.join("+"));
    }
    for (what, points) in [("waived", entry.waived), ("forfeited", entry.forfeited)] {
        if points.0 != 0 {
            line += &format!(", {what} {points}");
        }
    }
    line
}

/// What holds for every account and ledger.
pub fn check(account: &Account, entries: &[Entry]) {
    let standing = &account.standing;
    let (pending, posted): (Vec<&Entry>, Vec<&Entry>) =
        entries.iter().partition(|entry| entry.posts_on.is_some());
    let sum = |all: &[&Entry]| all.iter().map(|entry| entry.points.0).sum::<i64>();
    assert_eq!(
        sum(&posted),
        standing.balance.0,
        "entries add up to the balance"
    );
    assert_eq!(sum(&pending), standing.pending.0, "pending entries add up");
    if let Some(last) = posted.last() {
        assert_eq!(
            last.balance, standing.balance,
            "the last entry has the balance"
        );
    }
    let waiting: i64 = account.waiting.iter().map(|lot| lot.points.0).sum();
    assert_eq!(
        waiting, standing.pending.0,
        "waiting lots are what is pending"
    );
    assert!(
        account.waiting.iter().all(|lot| lot.points.0 > 0),
        "no waiting lot is empty or below zero"
    );
    let open: i64 = account.lots.iter().map(|lot| lot.points.0).sum();
    assert!(
        account.lots.iter().all(|lot| lot.points.0 > 0),
        "no lot is empty or below zero"
    );
    assert_eq!(
        open - standing.debt.0,
        standing.balance.0,
        "lots less debt are the balance"
    );
    assert!(
        standing.debt.0 == 0 || open == 0,
        "a debt leaves no lot open"
    );
    assert!(
        standing.pending.0 >= 0 && standing.debt.0 >= 0,
        "neither is below zero"
    );
    let order =
        |lot: &loyalty::OpenLot| (lot.expires_on.map_or(i32::MAX, |d| d.0), lot.earned_on.0);
    assert!(
        account.lots.is_sorted_by_key(order),
        "lots stand in the order of consumption"
    );
    conserved(account, entries);
    let mut ids: Vec<&str> = entries.iter().map(|entry| entry.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), entries.len(), "ids are unique");
}

/// Issued = open + pending + redeemed + expired + voided + clawed back - restored - owed: what entries say is where the
/// lots are. (Both sides are made apart: lots by the fold, entries by the ledger.)
fn conserved(account: &Account, entries: &[Entry]) {
    let (mut issued, mut redeemed, mut expired, mut taken_back, mut restored) = (0, 0, 0, 0, 0);
    for entry in entries {
        let points = entry.points.0;
        match (entry.kind, points >= 0) {
            (EntryKind::Accrual, true) => issued += points,
            (EntryKind::Adjustment | EntryKind::Transfer, true) => issued += points,
            (EntryKind::Redemption | EntryKind::Adjustment | EntryKind::Transfer, false) => {
                redeemed -= points;
            }
            (EntryKind::Expiry, false) => expired -= points,
            (EntryKind::Reversal, false) => taken_back -= points,
            (EntryKind::Reversal, true) => restored += points,
            (EntryKind::Redemption, true) if points == 0 => {}
            (kind, _) => panic!("{kind:?} of {points}"),
        }
    }
    let open: i64 = account.lots.iter().map(|lot| lot.points.0).sum();
    let waiting: i64 = account.waiting.iter().map(|lot| lot.points.0).sum();
    let owed = account.standing.debt.0;
    assert_eq!(
        issued,
        open + waiting + redeemed + expired + taken_back - restored - owed,
        "conservation"
    );
}
