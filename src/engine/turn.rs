//! Turns: what a job must have to be started, and those that a queue has asked for.
//!
//! Owns that a job starts only with all of it: a pass through the gate of its handler, its key, and a slot of the service;
//! or a seat in a batch that has a pass and a slot. Each goes back when it is dropped.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;

use super::batch::Seat;
use super::counts::KeyHold;
use super::gate::{Gate, Key, Pass};
use super::gated::Wait;
use super::keys::Disposition;
use super::queue::Queue;
use super::running::Run;
use super::service::Shared;
use crate::model::Job;

/// What a job has been given so far. Small, since each job that runs carries one.
#[derive(Debug, Default)]
pub(super) struct Turn {
    slot: Option<OwnedSemaphorePermit>,
    /// What it was given at the gate of its handler.
    given: Option<Box<Given>>,
}

#[derive(Debug, Default)]
struct Given {
    pass: Option<Pass>,
    seat: Option<Seat>,
    hold: Option<KeyHold>,
    run: Option<Run>,
}

impl Given {
    /// Whether this was given at that gate, and not only a key.
    fn is_call_to(&self, gate: &Arc<Gate>) -> bool {
        self.pass.as_ref().is_some_and(|pass| pass.is_of(gate))
            || self.seat.as_ref().is_some_and(|seat| seat.is_of(gate))
    }
}

impl Turn {
    /// That of a job which nothing is known of yet.
    pub(super) fn to_look(slot: OwnedSemaphorePermit) -> Self {
        Self { slot: Some(slot), given: None }
    }

    /// That of a job which was called to its gate.
    pub(super) fn called(slot: OwnedSemaphorePermit, pass: Pass, hold: Option<KeyHold>) -> Self {
        Self { slot: Some(slot), given: Some(Box::new(Given { pass: Some(pass), hold, ..Given::default() })) }
    }

    /// That of a job in a batch.
    pub(super) fn seated(seat: Seat, hold: Option<KeyHold>) -> Self {
        Self { slot: None, given: Some(Box::new(Given { seat: Some(seat), hold, ..Given::default() })) }
    }

    /// Waits for the turn of a job that is in hand already; `None` if the gate has come to go by other keys meanwhile.
    pub(super) async fn again(
        queue: &Queue,
        gate: &Arc<Gate>,
        key: Option<Key>,
        job: &Arc<Job>,
    ) -> Option<Self> {
        let hold = match key {
            Some(key) => Some(gate.clone().key(key).await),
            None => None,
        };
        let mut given = Given { hold, ..Given::default() };
        let mut slot = None;
        if gate.batch().is_some() {
            given.seat = Some(queue.returning.seat(gate).await);
        } else {
            given.pass = Some(gate.clone().pass().await);
            slot = queue.service.slot().await;
        }
        given.run = Some(gate.run(job, given.hold.as_ref())?);
        Some(Self { slot, given: Some(Box::new(given)) })
    }

    /// Whether a job may start with this that turned out to belong at this gate and to have this key. What is missing is
    /// taken where that is possible at once.
    ///
    /// # Errors
    /// Says what becomes of the job otherwise.
    pub(super) fn admit(
        self,
        gate: &Arc<Gate>,
        key: Option<Key>,
        job: &Arc<Job>,
    ) -> Result<Self, Disposition> {
        let wait =
            |behind_key| Err(Disposition::Gated(Box::new(Wait { gate: gate.clone(), key, behind_key })));
        let mut given = self.given.unwrap_or_default();
        let was_called = given.is_call_to(gate);
        match key {
            None => given.hold = None,
            Some(key) if given.hold.as_ref().is_some_and(|hold| hold.is_of(gate.counts(), key)) => {}
            Some(key) => {
                given.hold = gate.try_key(key);
                if given.hold.is_none() {
                    return wait(true);
                }
            }
        }
        if !was_called {
            // It may have a seat, if it was of another type when it was last looked at.
            if gate.batch().is_some() || self.slot.is_none() {
                return wait(false);
            }
            (given.seat, given.pass) = (None, None);
            given.pass = gate.try_pass();
            if given.pass.is_none() {
                return wait(false);
            }
        }
        given.run = gate.run(job, given.hold.as_ref());
        if given.run.is_none() {
            return Err(Disposition::LookAgain(Instant::now()));
        }
        Ok(Self { slot: self.slot, given: Some(given) })
    }

    /// A handler starts, in a batch if a seat is returned.
    pub(super) fn start(&mut self) -> Option<Seat> {
        let given = self.given.as_mut()?;
        if let Some(pass) = &mut given.pass {
            pass.use_up();
        }
        given.seat.take()
    }
}

/// What was asked for, when it is there.
pub(super) enum Granted {
    /// Somebody may pass a gate and has a slot to run in.
    Turn(Arc<Gate>, Pass, OwnedSemaphorePermit),
    /// A key is free.
    Key(Arc<Gate>, Key, KeyHold),
}

/// What a queue has asked for. Dropping it leaves all lines.
#[derive(Default)]
pub(super) struct Turns {
    asked: FuturesUnordered<BoxFuture<'static, Granted>>,
    /// The gates at which a turn was asked for: one at a time at each.
    gates: BTreeSet<Arc<str>>,
}

impl Turns {
    /// Asks for a turn, unless it was.
    pub(super) fn want(&mut self, gate: &Arc<Gate>, service: &Arc<Shared>) {
        if !self.gates.insert(gate.name().clone()) {
            return;
        }
        let (gate, service) = (gate.clone(), service.clone());
        self.asked.push(
            async move {
                let pass = gate.clone().pass().await;
                match service.slot().await {
                    Some(slot) => Granted::Turn(gate, pass, slot),
                    None => std::future::pending().await,
                }
            }
            .boxed(),
        );
    }

    /// Asks for a key.
    pub(super) fn want_key(&mut self, gate: Arc<Gate>, key: Key) {
        let asked = async move {
            let hold = gate.clone().key(key).await;
            Granted::Key(gate, key, hold)
        };
        self.asked.push(asked.boxed());
    }

    /// What is there next; `None` if nothing was asked for. Cancelling loses nothing.
    pub(super) async fn next(&mut self) -> Option<Granted> {
        let granted = self.asked.next().await?;
        if let Granted::Turn(gate, ..) = &granted {
            self.gates.remove(gate.name());
        }
        Some(granted)
    }
}
