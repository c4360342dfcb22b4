//! Schedules: what happens, in which order, and how it is made smaller when something breaks.

use super::chance::Chance;
use super::check;
use super::endpoint::Endpoint;
use super::profiles;
use super::till::{Mistakes, Till};
use serde_json::{Value, json};
use sync::{
    Answer, Choice, Deletes, Fault, FaultCode, Key, Kind, Method, Outcome, Path, Question, Reason,
    Request, Run, Step,
};

pub use super::till::Mistakes as Planted;

/// 2026-11-22T00:00Z.
const START: u64 = 20_779 * 86_400_000;

/// One move. Numbers are taken modulo what there is, so that a schedule stays one when moves are left out.
#[derive(Clone, Debug, PartialEq)]
pub enum Move {
    Customer(u64, u64),
    Order(u64, u64),
    Points(u64, u64, i64),
    Edit(u64, u64, u64, u64),
    Tag(u64, u64, u64, bool),
    Remove(u64, u64),
    Erase(u64, u64),
    Merge(u64, u64, u64),
    Import(u64, u64),
    Wait(u64),
    Clock(u64, i64),
    Sync {
        till: u64,
        requests: u64,
        faults: u64,
        seed: u64,
    },
    /// Two tills edit one field of one record and sync in the same moment.
    Race {
        tills: (u64, u64),
        record: u64,
        field: u64,
        faults: u64,
        seed: u64,
    },
    Foreign(u64, u64),
    Backup,
    Restore,
    Wipe,
    Copy(u64),
    Leave,
}

pub fn moves(chance: &mut Chance) -> Vec<Move> {
    let count = 6 + chance.below(18);
    let mut moves = Vec::new();
    for _ in 0..count {
        let (a, b, c) = (chance.next() >> 8, chance.next() >> 8, chance.next() >> 8);
        moves.push(match chance.below(100) {
            0..=11 => Move::Customer(a, b),
            12..=16 => Move::Order(a, b),
            17..=22 => Move::Points(a, b, (c % 200) as i64 - 100),
            23..=40 => Move::Edit(a, b, c, chance.next() >> 40),
            41..=47 => Move::Tag(a, b, c, chance.hits(60)),
            48..=51 => Move::Remove(a, b),
            52..=53 => Move::Erase(a, b),
            54..=56 => Move::Merge(a, b, c),
            57..=59 => Move::Import(a, b),
            60..=62 => Move::Wait(c % 100_000_000),
            63..=65 => Move::Clock(
                a,
                *chance.pick(&[86_400_000, -86_400_000, 400_000, -3_600_000, -1, 0]),
            ),
            66..=69 => Move::Race {
                tills: (a, b),
                record: c,
                field: chance.next() >> 40,
                faults: *chance.pick(&[0, 0, 10]),
                seed: chance.next() >> 8,
            },
            70..=93 => Move::Sync {
                till: a,
                requests: if chance.hits(25) { b % 9 } else { 1000 },
                faults: *chance.pick(&[0, 0, 10, 30]),
                seed: c,
            },
            94..=95 => Move::Foreign(a, b),
            96 => Move::Backup,
            97 => chance.pick(&[Move::Restore, Move::Wipe]).clone(),
            98 => Move::Copy(a),
            _ => Move::Leave,
        });
    }
    moves
}

pub struct World {
    pub tills: Vec<Till>,
    pub offsets: Vec<i64>,
    pub endpoint: Endpoint,
    pub now: u64,
    backup: Option<Endpoint>,
    ghosts: Vec<Request>,
    pub wiped: bool,
    pub copied: bool,
    pub left: u64,
    /// Telephones that another program wrote over at the endpoint, by the id of the record.
    pub written_over: Vec<(String, Value)>,
    pub log: Vec<String>,
    trace: bool,
}

impl World {
    pub fn new(chance: &mut Chance, mistakes: Mistakes, trace: bool) -> Self {
        let (mut profile, habits) = profiles::draw(chance);
        if mistakes.no_overlap
            && let sync::Changes::Feed { overlap, .. } | sync::Changes::Filter { overlap, .. } =
                &mut profile.changes
        {
            *overlap = 0;
        }
        let tills = 2 + chance.below(4) as u32;
        let mut endpoint = Endpoint::new(profile, habits);
        endpoint.clock = START;
        endpoint.trace = trace;
        Self {
            tills: (1..=tills).map(|n| Till::new(n, mistakes)).collect(),
            offsets: vec![0; tills as usize],
            endpoint,
            now: START,
            backup: None,
            ghosts: Vec::new(),
            wiped: false,
            copied: false,
            left: 0,
            written_over: Vec::new(),
            log: Vec::new(),
            trace,
        }
    }

    fn till(&mut self, n: u64) -> &mut Till {
        let at = (n % self.tills.len() as u64) as usize;
        self.tills[at].now = (self.now as i64 + self.offsets[at]).max(0) as u64;
        &mut self.tills[at]
    }

    fn make(&mut self, one: &Move) {
        self.now += 1500;
        match one.clone() {
            Move::Customer(t, name) => {
                let till = self.till(t);
                let mark = format!("{}.{}", till.clock.node, till.counter + 1);
                till.create(Kind::Customers, json!({"name": format!("n{}", name % 10), "mark": mark, "tags": ["new"], "custom": {"a": 1}}));
            }
            Move::Order(t, c) => {
                let till = self.till(t);
                let customers = till.living(Kind::Customers);
                if let Some(customer) = pick(&customers, c) {
                    till.create(Kind::Orders, json!({"customer": customer.id, "amount": "12.50", "lines": [{"product": "x"}]}));
                }
            }
            Move::Points(t, c, points) => {
                let till = self.till(t);
                let customers = till.living(Kind::Customers);
                if let Some(customer) = pick(&customers, c) {
                    till.create(
                        Kind::Ledger,
                        json!({"customer": customer.id, "points": points}),
                    );
                }
            }
            Move::Edit(t, r, field, value) => {
                let till = self.till(t);
                let mut records = till.living(Kind::Customers);
                records.extend(till.living(Kind::Orders));
                if let Some(key) = pick(&records, r) {
                    let paths = [
                        Path::field("name"),
                        Path::field("phone"),
                        Path::field("note"),
                        Path::part("custom", "a"),
                        Path::part("consent", "sms"),
                        Path::field("updatedAt"),
                    ];
                    let value = if value % 7 == 0 {
                        None
                    } else {
                        Some(json!(format!("v{}", value % 1000)))
                    };
                    // Only customers have fields whose members are edited one by one.
                    let path = pick(&paths, field)
                        .filter(|path| key.kind == Kind::Customers || path.part.is_none())
                        .unwrap_or_else(|| Path::field("channel"));
                    till.edit(&key, path, value);
                }
            }
            Move::Tag(t, r, tag, add) => {
                let till = self.till(t);
                let records = till.living(Kind::Customers);
                if let Some(key) = pick(&records, r) {
                    let tag = ["new", "vip", "tea"][(tag % 3) as usize];
                    till.edit(&key, Path::part("tags", tag), add.then(|| json!(tag)));
                }
            }
            Move::Remove(t, r) => {
                let till = self.till(t);
                let mut records = till.living(Kind::Customers);
                records.extend(till.living(Kind::Orders));
                if let Some(key) = pick(&records, r) {
                    till.remove(&key, None, false);
                }
            }
            Move::Erase(t, r) => {
                let till = self.till(t);
                let records = till.living(Kind::Customers);
                if let Some(key) = pick(&records, r) {
                    till.remove(&key, None, true);
                }
            }
            Move::Merge(t, a, b) => {
                let till = self.till(t);
                let records = till.living(Kind::Customers);
                if let (Some(stays), Some(goes)) = (pick(&records, a), pick(&records, b))
                    && stays != goes
                {
                    till.remove(&goes, Some(stays.id.clone()), false);
                }
            }
            Move::Import(t, file) => {
                let till = self.till(t);
                for row in 0..3 {
                    let external = json!(format!("x{}-{row}", file % 2));
                    let known = till
                        .living(Kind::Customers)
                        .into_iter()
                        .any(|k| till.rows[&k].record.fields.get("externalId") == Some(&external));
                    if !known {
                        till.create(
                            Kind::Customers,
                            json!({"name": format!("file {row}"), "externalId": external}),
                        );
                    }
                }
            }
            Move::Wait(ms) => self.now += ms,
            Move::Clock(t, by) => {
                let at = (t % self.tills.len() as u64) as usize;
                self.offsets[at] = by;
            }
            Move::Sync {
                till,
                requests,
                faults,
                seed,
            } => {
                let mut chance = Chance::new(seed);
                self.sync(till, Reason::Retry, requests, faults, &mut chance);
            }
            Move::Race {
                tills: (a, b),
                record,
                field,
                faults,
                seed,
            } => self.race((a, b), record, field, faults, &mut Chance::new(seed)),
            Move::Foreign(r, value) => self.foreign(r, value),
            Move::Backup => self.backup = Some(self.endpoint.clone()),
            Move::Restore | Move::Wipe if self.tills[0].mistakes.no_net => {}
            Move::Restore => {
                if let Some(backup) = self.backup.clone() {
                    self.endpoint.restore(&backup);
                    self.wiped = true;
                }
            }
            Move::Wipe => {
                self.endpoint.wipe();
                self.wiped = true;
            }
            Move::Copy(t) => {
                if self.tills.len() < 5 {
                    let copy = self.till(t).clone();
                    let offset = self.offsets[(t % self.tills.len() as u64) as usize];
                    let mut copy = copy;
                    copy.numbers += 100 * self.tills.len() as u32;
                    self.tills.push(copy);
                    self.offsets.push(offset);
                    self.copied = true;
                }
            }
            Move::Leave => {
                self.left += 1;
                let id = self.left;
                self.endpoint
                    .inbox
                    .push(json!({"seq": id, "entry": {"id": format!("i{id}"), "kind": "signup"}}));
            }
        }
    }

    /// Another program edits a record at the endpoint, without stamps.
    fn foreign(&mut self, r: u64, value: u64) {
        if self.endpoint.profile.encoding.column.is_some() {
            return;
        }
        if self.endpoint.profile.mode == sync::Mode::Couchdb {
            let phone = format!("foreign {}", value % 10);
            return self.endpoint.couch.branch(r, &phone);
        }
        let Some(rows) = self.endpoint.rows.get_mut("customers") else {
            return;
        };
        let ids: Vec<String> = rows.keys().cloned().collect();
        let Some(id) = pick(&ids, r) else { return };
        self.endpoint.seq += 1;
        self.endpoint.clock += 1;
        let (seq, now) = (self.endpoint.seq, self.endpoint.clock);
        if let Some(stored) = rows
            .get_mut(&id)
            .filter(|s| !s.gone && s.row.get("erased").is_none())
        {
            let phone = json!(format!("foreign {}", value % 10));
            let before = stored.row.insert("phone".into(), phone);
            let id = stored.row.get(&self.endpoint.profile.id.field);
            if let (Some(before), Some(Value::String(id))) = (before, id) {
                self.written_over.push((id.clone(), before));
            }
            stored.row.insert("extra".into(), json!({"kept": true}));
            stored.seq = seq;
            stored.modified = now;
            stored.visible = now;
            stored.version += 1;
        }
    }

    fn race(
        &mut self,
        (a, b): (u64, u64),
        record: u64,
        field: u64,
        faults: u64,
        chance: &mut Chance,
    ) {
        let count = self.tills.len() as u64;
        let (a, b) = (a % count, b % count);
        let known = self.till(b).living(Kind::Customers);
        let mut both = self.till(a).living(Kind::Customers);
        both.retain(|key| known.contains(key));
        let Some(key) = pick(&both, record).filter(|_| a != b) else {
            return;
        };
        let path = [
            Path::field("name"),
            Path::field("phone"),
            Path::part("custom", "a"),
        ][(field % 3) as usize]
            .clone();
        for (till, name) in [(a, "one"), (b, "two")] {
            let value = format!("race {name} {}", chance.below(1000));
            // In one millisecond two copies of one profile would give the very same stamp.
            self.now += 1;
            self.till(till).edit(&key, path.clone(), Some(json!(value)));
        }
        let mut going =
            [a, b].map(|till| self.going(till, Reason::Retry, 1000, faults, chance.next()));
        let mut left = vec![0, 1];
        while !left.is_empty() {
            let place = chance.below(left.len() as u64) as usize;
            if !self.go(&mut going[left[place]], chance) {
                left.remove(place);
            }
        }
    }

    fn sync(&mut self, t: u64, reason: Reason, requests: u64, faults: u64, chance: &mut Chance) {
        let mut going = self.going(t, reason, requests, faults, chance.next());
        while self.go(&mut going, chance) {}
    }

    fn going(&self, t: u64, reason: Reason, requests: u64, faults: u64, number: u64) -> Going {
        Going {
            at: (t % self.tills.len() as u64) as usize,
            run: Run::new(self.endpoint.profile.clone(), reason, number),
            requests,
            faults,
            steps: 0,
            waits: 0,
        }
    }

    /// One step of a run, up to its next answer; whether it goes on.
    fn go(&mut self, going: &mut Going, chance: &mut Chance) -> bool {
        going.steps += 1;
        assert!(going.steps < 20_000, "a run without end");
        self.till(going.at as u64);
        let till = &mut self.tills[going.at];
        let now = till.now;
        let Ok(step) = going.run.next(till, now);
        match step {
            Step::More => {}
            Step::Request(request) => {
                if going.requests == 0 {
                    return false;
                }
                going.requests -= 1;
                self.now += 20;
                let outcome = self.transport(&request, going.faults, chance);
                going.run.answer(outcome);
            }
            Step::Wait { until, why } => {
                going.waits += 1;
                assert!(
                    until - now <= 3_600_000,
                    "waits {} ms: {why:?}",
                    until - now
                );
                if going.waits > 6 {
                    return false;
                }
                self.now += until - now;
            }
            Step::Ask(question) => {
                self.say(|| format!("    asked: {question:?}"));
                // Where a whole list does not show deletions, and nothing was lost or is late, they are meant; and where
                // colleagues say that they removed all of it.
                let late = || self.endpoint.is_late();
                let removed = || self.somebody_removed(&self.tills[going.at]);
                let meant = match (self.endpoint.profile.deletes, &question) {
                    (Deletes::Hard, _) if !self.wiped => true,
                    (Deletes::Feed, _) if !self.wiped && !late() => true,
                    (Deletes::Hard | Deletes::Feed, Question::Emptied { .. }) => removed(),
                    _ => false,
                };
                going
                    .run
                    .decide(if meant { Choice::There } else { Choice::Here });
            }
            Step::Done(report) => {
                self.say(|| format!("    report: {report:?}"));
                return false;
            }
        }
        true
    }

    /// Whether everything that a till shares and the endpoint does not show was removed by a person.
    fn somebody_removed(&self, till: &Till) -> bool {
        let field = &self.endpoint.profile.id.field;
        // Some endpoints want longer ids.
        let bare = |id: &str| id.trim_start_matches('0').to_owned();
        let there = |key: &Key| {
            let rows = self.endpoint.rows.get(key.kind.name());
            let living = rows.into_iter().flat_map(|rows| rows.values());
            living
                .filter(|it| !it.gone && it.visible <= self.now)
                .filter_map(|it| it.row.get(field)?.as_str())
                .any(|id| bare(id) == bare(&key.id))
        };
        let removed = |key| self.tills.iter().any(|till| till.removed.contains(key));
        let mut shared = till
            .rows
            .iter()
            .filter(|(_, row)| row.common.is_some() && !row.record.life.deleted);
        shared.all(|(key, _)| removed(key) || there(key))
    }

    fn say(&mut self, text: impl FnOnce() -> String) {
        if self.trace {
            self.log.append(&mut self.endpoint.log);
            self.log.push(text());
        }
    }

    fn transport(&mut self, request: &Request, faults: u64, chance: &mut Chance) -> Outcome {
        let lost = |code| Err(Fault::new(code, "", "", ""));
        let writes = request.method != Method::Get;
        if !chance.hits(faults) {
            if !self.ghosts.is_empty() && chance.hits(30) {
                let ghost = self.ghosts.remove(0);
                let _ = self.endpoint.serve(&ghost, self.now, chance.next());
            }
            return self.endpoint.serve(request, self.now, chance.next());
        }
        let kind = chance.below(13);
        self.say(|| format!("      fault {kind}"));
        match kind {
            0 => lost(FaultCode::Unreachable),
            1 | 2 => {
                let _ = self.endpoint.serve(request, self.now, chance.next());
                lost(FaultCode::TimeOut)
            }
            3 if !request.url.contains("find=") => {
                let _ = self.endpoint.serve(request, self.now, chance.next());
                self.endpoint.serve(request, self.now, chance.next())
            }
            4 if writes && self.endpoint.profile.id.by != sync::IdBy::Server => {
                self.ghosts.push(request.clone());
                lost(FaultCode::TimeOut)
            }
            5 => status(503, &[("retry-after", "7")]),
            6 => status(429, &[("retry-after", "Sun, 22 Nov 2026 00:00:30 GMT")]),
            7 => status(500, &[]),
            8 => self
                .endpoint
                .serve(request, self.now, chance.next())
                .map(|mut answer| {
                    let half = answer.body.len() / 2;
                    answer.body.truncate(half);
                    answer
                }),
            9 => Ok(Answer {
                status: 200,
                headers: vec![("content-type".into(), "text/html".into())],
                body: "<html><title>Log in</title>".into(),
            }),
            10 => status(401, &[]),
            11 if !writes => self.shortened(request, chance),
            12 => lost(FaultCode::Offline),
            _ => lost(FaultCode::Unreachable),
        }
    }

    /// Valid JSON with fewer records than there are: all of them missing, or the last where a total tells.
    fn shortened(&mut self, request: &Request, chance: &mut Chance) -> Outcome {
        let totals = self.endpoint.profile.list.total_header.is_some()
            || self.endpoint.profile.list.total_path.is_some();
        let hard = self.endpoint.profile.deletes == Deletes::Hard;
        let path = self.endpoint.profile.list.path.clone();
        let mut answer = self.endpoint.serve(request, self.now, chance.next())?;
        let Ok(mut body) = serde_json::from_str::<Value>(&answer.body) else {
            return Ok(answer);
        };
        let list = if path.is_empty() {
            Some(&mut body)
        } else {
            body.get_mut(&path)
        };
        if let Some(Value::Array(list)) = list {
            if totals {
                list.pop();
            } else if !hard && self.endpoint.profile.changes == sync::Changes::Scan {
                list.clear();
            }
        }
        answer.body = body.to_string();
        Ok(answer)
    }

    /// Faults are over: everybody syncs until nothing moves any more.
    fn settle(&mut self) {
        self.endpoint.habits.forgets = 0;
        let mut chance = Chance::new(7);
        for ghost in std::mem::take(&mut self.ghosts) {
            let _ = self.endpoint.serve(&ghost, self.now, chance.next());
        }
        self.offsets.iter_mut().for_each(|o| *o = 0);
        self.now += 3_700_000;
        for round in 0..10 {
            self.say(|| format!("  quiet round {round}"));
            let before = format!(
                "{:?}",
                self.tills.iter().map(check::view).collect::<Vec<_>>()
            );
            for till in 0..self.tills.len() {
                for row in self.tills[till].rows.values_mut().filter(|_| round == 0) {
                    row.aside = false;
                    row.tries = 0;
                }
                let net = round == 0 && !self.tills[till].mistakes.no_net;
                let reason = match (round, net) {
                    (0, true) => Reason::Full,
                    (0, false) => Reason::Retry,
                    _ => Reason::Usual,
                };
                self.sync(till as u64, reason, u64::MAX, 0, &mut chance);
                self.now += 61_000;
            }
            let after = format!(
                "{:?}",
                self.tills.iter().map(check::view).collect::<Vec<_>>()
            );
            if before == after && round >= 3 && check::check(self).is_ok() {
                return;
            }
        }
    }
}

fn status(status: u16, headers: &[(&str, &str)]) -> Outcome {
    let mut all = vec![("content-type".to_owned(), "application/json".to_owned())];
    all.extend(
        headers
            .iter()
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned())),
    );
    Ok(Answer {
        status,
        headers: all,
        body: "{}".into(),
    })
}

fn pick<T: Clone>(items: &[T], n: u64) -> Option<T> {
    if items.is_empty() {
        None
    } else {
        Some(items[(n % items.len() as u64) as usize].clone())
    }
}

/// A run of a till that is under way.
struct Going {
    at: usize,
    run: Run,
    /// How many requests there may be yet; then the till crashes.
    requests: u64,
    faults: u64,
    steps: u32,
    waits: u32,
}

/// Plays a schedule; what broke, and with `trace` how.
pub fn run(seed: u64, moves: &[Move], mistakes: Mistakes, trace: bool) -> Result<(), String> {
    let mut chance = Chance::new(seed);
    let mut world = World::new(&mut chance, mistakes, trace);
    if trace {
        world
            .log
            .push(format!("profile {}", world.endpoint.profile.to_json()));
        world.log.push(format!(
            "habits {:?}, {} tills",
            world.endpoint.habits,
            world.tills.len()
        ));
    }
    for one in moves {
        world.say(|| format!("  {one:?}"));
        world.make(one);
    }
    world.settle();
    let result = check::check(&world);
    world.say(String::new);
    result.map_err(|broken| {
        let log = world.log.join("\n");
        format!("{broken}\n{log}")
    })
}

/// The schedule of a seed.
pub fn schedule(seed: u64) -> Vec<Move> {
    moves(&mut Chance::new(seed ^ 0x5eed))
}

/// Plays the schedule of a seed.
pub fn play(seed: u64, mistakes: Mistakes) -> Result<(), String> {
    run(seed, &schedule(seed), mistakes, false)
}

/// The smallest part of a seed's schedule that still breaks, with its trace.
pub fn shrink(seed: u64, mistakes: Mistakes) -> String {
    let mut moves = schedule(seed);
    let mut size = moves.len() / 2;
    while size > 0 {
        let mut at = 0;
        while at < moves.len() {
            let mut fewer = moves.clone();
            fewer.drain(at..(at + size).min(fewer.len()));
            if run(seed, &fewer, mistakes, false).is_err() {
                moves = fewer;
            } else {
                at += size;
            }
        }
        size /= 2;
    }
    let trace = run(seed, &moves, mistakes, true).err().unwrap_or_default();
    format!("seed {seed}, {} moves: {moves:#?}\n{trace}", moves.len())
}
