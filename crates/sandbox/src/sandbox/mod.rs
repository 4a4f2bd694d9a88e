//! A running sandbox, as a program that embeds it uses it.

mod builder;
mod clock;
mod place;

use std::net::SocketAddr;
use std::time::Duration;

use gerbang_connections::Connections;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

pub use builder::SandboxBuilder;
pub use clock::ClockChange;

use crate::app::App;
use crate::change::ChangeError;
use crate::clock::Move;
use crate::delivery::{self, HeldWebhook, ReleaseOrder};
use crate::faults::{ActiveFault, Fault, FaultError};
use crate::request_log::{RequestFilter, SandboxRequest};
use crate::seed::{Seed, SeedError};
use crate::state::{Action, ControlError, LedgerTotals, Payment, PaymentStatus, World};
use crate::waiting::{self, NotInTime, WebhookFilter};
use crate::webhooks::{WebhookAttempt, WebhookError};
use crate::{Provider, planting};

/// How long requests that are under way may take at the end.
const GRACE: Duration = Duration::from_secs(10);

/// A running sandbox. It ends when this is dropped.
#[derive(Debug)]
pub struct Sandbox {
    app: App,
    address: SocketAddr,
    connections: Connections,
    /// Says that no more requests are taken.
    end: watch::Sender<bool>,
    _stop: watch::Sender<()>,
}

impl Sandbox {
    /// Starts a sandbox at 127.0.0.1 and a free port.
    ///
    /// # Panics
    ///
    /// If no port is free; [`SandboxBuilder::start`] returns the error instead.
    pub async fn start() -> Self {
        match Self::builder().start().await {
            Ok(sandbox) => sandbox,
            Err(error) => panic!("no port of the loopback address is free: {error}"),
        }
    }

    /// Starts with the settings that a sandbox has unless they are changed.
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder::new()
    }

    /// The address that the sandbox listens at.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of the server, such as `http://127.0.0.1:40001`; with [`SandboxBuilder::public_url`] that.
    pub fn base_url(&self) -> &str {
        self.app.base_url()
    }

    /// The address at which this machine reaches the server, whatever the public URL is.
    pub fn local_url(&self) -> String {
        place::local_url(self.address)
    }

    /// The address that takes the place of a provider's, such as `http://127.0.0.1:40001/kropay`, or
    /// `http://127.0.0.1:40003` where [each has a port](SandboxBuilder::port_per_gateway).
    pub fn url(&self, provider: Provider) -> String {
        self.app.url(provider)
    }

    /// Sets or removes the address that a provider's notifications are sent to.
    pub fn set_webhook(&self, provider: Provider, url: Option<&str>) {
        self.app.set_webhook(provider, url);
    }

    /// Sets or removes the address that the notifications of one credential's payments are sent to, in place of the
    /// provider's. The credential is the API key, for Pakasir the project and the key as `PROJECT:KEY`, for K-Link the
    /// e-mail address. What Pakasir's pay pages create belongs to no key, and goes to the provider's address.
    ///
    /// # Errors
    ///
    /// [`WebhookError::Credential`] if no call can have this credential, [`WebhookError::TooMany`] if there are 1 000
    /// addresses of credentials already.
    pub fn set_webhook_for(&self, provider: Provider, credential: &str, url: Option<&str>) -> Result<(), WebhookError> {
        self.app.set_webhook_for(provider, credential, url)
    }

    /// The customer pays a payment and the provider takes note. The payment is named by the merchant's name, by the
    /// provider's or by [`Payment::id`].
    ///
    /// # Errors
    ///
    /// [`ControlError`] if there is no such payment, several have the name, it is no longer pending, or the state file
    /// could not be written.
    pub fn pay(&self, provider: Provider, name: &str) -> Result<Payment, ControlError> {
        self.control(provider, name, Action::Pay)
    }

    /// The customer pays a payment that has expired or was cancelled, and the provider takes note: the payment is paid, and
    /// the provider notifies as of any other. K-Link by GoPay, which has notified of the end already, then notifies of the
    /// payment.
    ///
    /// # Errors
    ///
    /// As [`Sandbox::pay`], but [`ControlError::NotEnded`] if the payment is pending or paid.
    pub fn pay_late(&self, provider: Provider, name: &str) -> Result<Payment, ControlError> {
        self.control(provider, name, Action::PayLate)
    }

    /// The customer pays a Kazukipay payment, but Kazukipay takes no note: the money is in the account statement, and only
    /// a run or a public check confirms the payment. Neither confirms one that has expired or was cancelled: its money is
    /// in the statement only, and a run gives it to another payment that was waiting for the same amount.
    ///
    /// # Errors
    ///
    /// As [`Sandbox::pay`], but the payment may have expired or been cancelled, and [`ControlError::NoStatement`] for other
    /// providers.
    pub fn deposit(&self, provider: Provider, name: &str) -> Result<Payment, ControlError> {
        self.control(provider, name, Action::Deposit)
    }

    /// The customer pays too little. The payment stays pending.
    ///
    /// # Errors
    ///
    /// As [`Sandbox::pay`], and [`ControlError::Amount`] if this is not too little.
    pub fn underpay(&self, provider: Provider, name: &str, rupiah: u64) -> Result<Payment, ControlError> {
        self.control(provider, name, Action::Underpay(rupiah))
    }

    /// A payment expires now.
    ///
    /// # Errors
    ///
    /// As [`Sandbox::pay`].
    pub fn expire(&self, provider: Provider, name: &str) -> Result<Payment, ControlError> {
        self.control(provider, name, Action::Expire)
    }

    /// A payment is cancelled by the provider.
    ///
    /// # Errors
    ///
    /// As [`Sandbox::pay`].
    pub fn cancel(&self, provider: Provider, name: &str) -> Result<Payment, ControlError> {
        self.control(provider, name, Action::Cancel)
    }

    /// A payment as it is now.
    ///
    /// # Errors
    ///
    /// [`ControlError`] if there is no such payment or several have the name.
    pub fn payment(&self, provider: Provider, name: &str) -> Result<Payment, ControlError> {
        self.app.with(|world, now| world.payment(provider, name, now))
    }

    /// All payments, in order of creation.
    pub fn payments(&self) -> Vec<Payment> {
        self.app.with(World::payments)
    }

    /// Records payments as if they had been created by calls to the providers, and had come to their states then. All are
    /// recorded or none; the providers notify of none; magic prices mean nothing. Gives them in the order of the list.
    ///
    /// # Errors
    ///
    /// [`SeedError`] if the list has more than 1 000 payments, a provider would refuse one of them, the sandbox is full, or
    /// the state file could not be written, in which case they are there all the same.
    pub fn seed(&self, seeds: &[Seed]) -> Result<Vec<Payment>, SeedError> {
        let payments = planting::plant(&self.app, seeds)?;
        let not_saved = |_| SeedError::new(None, ControlError::NotSaved.to_string());
        self.app.save_now().map_err(not_saved)?;
        Ok(payments)
    }

    /// Moves the sandbox's clock forward, up to ten years from the time of the machine: what would be more moves nothing. What
    /// is due by then happens at once.
    pub fn advance(&self, by: Duration) {
        let by = SignedDuration::try_from(by).ok();
        let _ = self.app.set_clock(Move { by, ..Move::default() });
        self.save();
    }

    /// Sets, moves, stops or starts the sandbox's clock, or that of one credential. What is due by then happens at once. Gives
    /// the time that it shows then.
    ///
    /// # Errors
    ///
    /// [`ChangeError::TooFar`] if it would be more than ten years from the time of the machine, [`ChangeError::Credential`]
    /// if no call can have the credential; the clock is as it was. [`ChangeError::NotSaved`] if the state file could not be
    /// written.
    pub fn change_clock(&self, change: &ClockChange) -> Result<Timestamp, ChangeError> {
        let now = match &change.of {
            Some((provider, credential)) => self.app.set_clock_of(*provider, credential.expose(), change.moved)?.now,
            None => {
                self.app.set_clock(change.moved)?;
                self.app.now()
            }
        };
        self.app.save_now().map_err(|_| ChangeError::NotSaved)?;
        Ok(now)
    }

    /// The time of the sandbox's clock.
    pub fn now(&self) -> Timestamp {
        self.app.now()
    }

    /// Ends all sessions of K-Link, so that every token is unknown.
    pub fn end_sessions(&self) {
        self.app.with(|world, _| world.end_sessions());
        self.save();
    }

    /// Where the money of K-Link's wallets is, for the account of an e-mail address.
    pub fn klink_ledger(&self, email: &str) -> LedgerTotals {
        self.app.with(|world, _| world.ledger_totals(email))
    }

    /// The attempts to send notifications, oldest first. The last 1 000 are kept.
    pub fn webhook_attempts(&self) -> Vec<WebhookAttempt> {
        self.app.sender().attempts()
    }

    /// Sends a notification again, whether it was acknowledged or not: the same bytes to the same address. Each of the
    /// times is one attempt, made after the answer to the one before; the log of attempts shows how they ended.
    ///
    /// # Errors
    ///
    /// [`WebhookError::NotFound`] if the log knows no attempt of this number, [`WebhookError::Times`] if `times` is not
    /// from 1 to 10, [`WebhookError::TooMany`] if 100 such calls are under way.
    pub fn resend_webhook(&self, number: u64, times: u32) -> Result<(), WebhookError> {
        delivery::resend(&self.app, number, times)
    }

    /// Holds new notifications from now on: they are made, but not sent until [`Sandbox::release_webhooks`]. Those that
    /// are under way already are sent on.
    pub fn hold_webhooks(&self) {
        delivery::hold(&self.app);
        self.save();
    }

    /// The notifications that are held, in order of creation.
    pub fn held_webhooks(&self) -> Vec<HeldWebhook> {
        delivery::held(&self.app).1
    }

    /// Sends the notifications that are held, and holds none any more. At each address they are sent in this order and before
    /// those that are made later, as always: one after the other, unless more than 16 wait there, and no address waits for
    /// another. One that is not acknowledged is sent again later. Gives their numbers in the order.
    ///
    /// # Errors
    ///
    /// [`WebhookError::Order`] if the order does not name each of them once; all are held on.
    pub fn release_webhooks(&self, order: &ReleaseOrder) -> Result<Vec<u64>, WebhookError> {
        let numbers = delivery::release(&self.app, order)?;
        self.save();
        Ok(numbers)
    }

    /// Makes calls to a provider go wrong, and gives the number of the fault.
    ///
    /// Several faults may match one call. They act in the order in which they were added, each on what those before have
    /// left of the reply. [`Effect::Close`](crate::Effect::Close), [`Effect::Reply`](crate::Effect::Reply),
    /// [`Effect::Refuse`](crate::Effect::Refuse) and [`Effect::Truncate`](crate::Effect::Truncate) leave nothing for those
    /// after them, which do not count the call.
    /// If any that acts says that the call is not carried out, it is not.
    ///
    /// Faults are not in the state file.
    ///
    /// # Errors
    ///
    /// [`FaultError`] if the provider has no such operation, the fault would never act, its reply cannot be sent, a part
    /// of it is too large, or there are 100 faults already that still act.
    pub fn add_fault(&self, fault: Fault) -> Result<u64, FaultError> {
        self.app.faults().add(fault)
    }

    /// The faults that are set, in the order in which they were added, also those that have acted as often as they may.
    pub fn faults(&self) -> Vec<ActiveFault> {
        self.app.faults().all()
    }

    /// Removes the fault of a number. Returns whether there was one.
    pub fn remove_fault(&self, number: u64) -> bool {
        self.app.faults().remove(number)
    }

    /// Removes all faults.
    pub fn clear_faults(&self) {
        self.app.faults().clear();
    }

    /// The requests to the providers' APIs, oldest first. The last 1 000 are kept, unless
    /// [another number](SandboxBuilder::most_requests) is set.
    pub fn requests(&self) -> Vec<SandboxRequest> {
        self.requests_like(&RequestFilter::default())
    }

    /// The requests that a filter means, oldest first.
    pub fn requests_like(&self, filter: &RequestFilter) -> Vec<SandboxRequest> {
        self.app.requests().like(filter)
    }

    /// Waits until there are so many requests that a filter means, and gives them all.
    ///
    /// # Errors
    ///
    /// [`NotInTime`] if there are not so many within the time.
    pub async fn wait_for_requests(
        &self,
        filter: &RequestFilter,
        count: usize,
        time: Duration,
    ) -> Result<Vec<SandboxRequest>, NotInTime> {
        waiting::for_requests(&self.app, filter, count, time).await
    }

    /// Waits until there are so many attempts to send notifications that a filter means, and gives them all.
    ///
    /// # Errors
    ///
    /// [`NotInTime`] if there are not so many within the time.
    pub async fn wait_for_webhooks(
        &self,
        filter: &WebhookFilter,
        count: usize,
        time: Duration,
    ) -> Result<Vec<WebhookAttempt>, NotInTime> {
        waiting::for_webhooks(&self.app, filter, count, time).await
    }

    /// Waits until a payment, named as in [`Sandbox::pay`], is in a state.
    ///
    /// # Errors
    ///
    /// [`NotInTime`] if it is not within the time, also where there is none.
    pub async fn wait_for_payment(
        &self,
        provider: Provider,
        name: &str,
        status: PaymentStatus,
        time: Duration,
    ) -> Result<Payment, NotInTime> {
        waiting::for_payment(&self.app, provider, name, status, time).await
    }

    /// How many requests a provider has had since the start or the last reset.
    pub fn request_count(&self, provider: Provider) -> u64 {
        self.app.requests().counts().get(&provider).copied().unwrap_or_default()
    }

    /// Forgets all payments, wallets, sessions, attempts, faults and requests, gives up notifications that are still to be
    /// sent, and sets the clock back.
    pub fn reset(&self) {
        self.app.reset();
        self.save();
    }

    /// Forgets one credential of a provider: its payments, wallets and sessions, the notifications of its payments, its
    /// requests, [faults](Fault::credential) and [clock](ClockChange::of). The address of its notifications stays, and so does
    /// everything of others: tests that run at the same time, each with a credential of its own, share a sandbox.
    ///
    /// # Errors
    ///
    /// [`ChangeError::Credential`] if no call can have the credential, [`ChangeError::NotSaved`] if the state file could not
    /// be written.
    pub fn reset_credential(&self, provider: Provider, credential: &str) -> Result<(), ChangeError> {
        self.app.reset_credential(provider, credential)?;
        self.app.save_now().map_err(|_| ChangeError::NotSaved)
    }

    /// Ends the sandbox: no more connections are taken, requests that are under way are answered, for ten seconds at most, and
    /// the state file gets what is left. Where it is dropped instead, those requests get no answer.
    pub async fn shut_down(self) {
        let _ = self.end.send(true);
        let _ = tokio::time::timeout(GRACE, self.connections.none()).await;
    }

    fn control(&self, provider: Provider, name: &str, action: Action) -> Result<Payment, ControlError> {
        let payment = self.app.control(provider, name, action)?;
        self.app.save_now().map_err(|_| ControlError::NotSaved)?;
        Ok(payment)
    }

    /// Saves the state. If this fails, requests fail until it can be saved.
    fn save(&self) {
        let _ = self.app.save_now();
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.app.close();
    }
}
