//! One suite for both databases: the ledger's rules, and the races that it decides, each on SQLite in memory, on SQLite in a
//! file and on PostgreSQL.

mod book;
mod browsing;
mod cancelling;
mod fake;
mod inbox;
mod kept;
mod money;
mod outbox;
mod people;
mod reversals;
mod sending;
mod watching;

use std::future::Future;

use book::Book;

/// Runs a test on a database of its own, which is removed also when the test fails.
async fn run<F: Future<Output = ()> + Send + 'static>(
    book: impl Future<Output = Option<Book>>,
    test: impl FnOnce(std::sync::Arc<Book>) -> F,
) {
    let Some(book) = book.await else { return };
    let book = std::sync::Arc::new(book);
    let result = tokio::spawn(test(book.clone())).await;
    if let Ok(book) = std::sync::Arc::try_unwrap(book) {
        book.remove().await;
    }
    if let Err(error) = result {
        std::panic::resume_unwind(error.into_panic());
    }
}

macro_rules! conformance {
    ($($module:ident: $($name:ident)+;)+) => {
        conformance!(@on in_memory $($module: $($name)+;)+);
        conformance!(@on in_a_file $($module: $($name)+;)+);
        conformance!(@on on_postgres $($module: $($name)+;)+);
    };
    (@on $database:ident $($module:ident: $($name:ident)+;)+) => {
        mod $database {
            $($(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    crate::run(crate::book::Book::$database(), |book| async move { crate::$module::$name(&book).await }).await;
                }
            )+)+
        }
    };
}

conformance! {
    sending:
        creation_goes_out_after_its_row_is_committed
        second_call_gives_the_open_payment
        concurrent_checkouts_send_once
        two_accounts_for_one_order_send_once
        two_workers_send_an_intent_once
        lease_that_is_over_is_never_sent_again
        proof_that_nothing_was_sent_counts_within_the_lease
        unsent_creation_is_sent_again
        unsent_creation_gives_way_to_another_account
        unsent_creation_is_given_up_after_an_hour
        connection_is_encrypted_where_that_is_asked_for
        connections_that_broke_unused_are_replaced
        reply_that_comes_while_the_database_is_away_is_kept
        wallet_debit_with_a_lost_reply_is_proven_by_a_notification
        refused_creation_frees_the_order
        used_reference_is_uncertain_and_not_sent_again
        request_under_way_is_not_sent_again_after_not_found
        lost_creation_is_found_by_reference
        lost_creation_is_created_again_where_that_finds_it
        request_sent_again_is_waited_for_before_another
        lost_wallet_debit_is_never_sent_again
        unseen_attempt_gives_way_at_once
        found_payment_without_anything_to_pay_with_is_unseen
        reference_is_new_for_each_attempt
        reference_that_another_order_has_is_passed_over
        pay_goes_on_when_its_caller_is_dropped
        intent_lives_and_dies_with_the_merchants_transaction
        price_changes_only_once_the_open_payment_is_closed
        bad_orders_are_refused_before_anything_is_written
        worker_runs_until_it_is_shut_down;
    inbox:
        signed_notification_is_a_receipt_at_once
        unsigned_notification_leads_to_a_question
        notification_before_the_reply_ships_once
        notifications_at_once_are_one_receipt
        forged_notifications_cost_one_question_for_an_interval
        forged_notifications_fill_neither_disk_nor_slots
        notification_of_no_payment_writes_nothing
        forged_ending_closes_nothing
        forged_id_does_not_hide_the_lost_payment
        notification_finds_the_payment_of_a_lost_reply
        database_that_is_away_is_answered_503_and_changes_nothing
        what_is_no_notification_is_refused_and_not_kept
        signed_claim_about_an_unknown_payment_goes_to_a_person
        secrets_are_not_kept_and_bodies_are_deleted
        customers_data_is_deleted_once_it_is_not_sent_again
        notification_after_the_tail_counts
        signed_pending_says_nothing_to_pay_with
        id_that_the_gateway_knows_later_is_asked_about_again
        notification_during_a_question_leads_to_another
        answer_is_judged_by_what_the_book_says_by_then
        second_payment_that_is_notified_with_the_first_is_found;
    kept:
        notifications_come_in_pages_with_the_newest_first
        replayed_notification_leads_to_one_question
        replayed_signature_is_believed_once_the_payment_is_known
        form_of_another_gateway_is_not_believed_when_replayed
        notification_without_its_body_is_not_replayed;
    money:
        first_receipt_ships_and_a_second_is_surplus
        two_gateways_that_are_both_paid_are_one_surplus
        too_little_ships_nothing_until_a_person_decides
        too_little_found_by_a_cancellation_awaits_a_person
        too_little_that_a_person_calls_unpaid_is_surplus
        second_payment_that_a_person_saw_is_surplus
        second_payment_that_pays_leaves_the_first_to_count
        second_payment_that_is_no_money_changes_nothing
        second_payment_beside_an_excess_is_due_back_too
        too_much_ships_and_the_difference_is_surplus
        signed_amounts_decide_as_answers_do
        second_payment_of_a_reference_goes_to_a_person
        doubled_id_goes_to_a_person_and_pays_nothing
        payment_of_the_test_mode_is_no_receipt
        test_account_takes_test_payments
        old_price_that_is_paid_late_ships_nothing
        creation_that_says_paid_is_asked_about_first
        absurd_payable_amount_is_never_shown;
    watching:
        expired_then_paid_ships_late
        pending_after_expiry_and_grace_is_closed
        outage_over_the_expiry_closes_nothing
        gateway_that_cannot_be_asked_is_closed_by_time
        closed_payment_is_left_alone_after_its_tail
        lost_creation_is_absent_after_the_horizon
        payment_that_arrives_after_the_horizon_is_found
        answer_is_of_the_time_of_its_question
        two_workers_ask_once
        all_payments_share_one_budget
        creation_does_not_wait_for_the_budget_of_questions
        clock_that_is_set_back_holds_nothing_up
        idle_worker_reads_no_row_that_is_not_due
        restart_asks_at_the_accounts_pace
        restart_with_many_open_payments_keeps_the_budget
        unanswered_questions_end_with_a_person;
    cancelling:
        cancelled_payment_frees_the_order
        customer_who_was_faster_is_paid
        gateway_that_cannot_cancel_leaves_it_open
        intent_is_withdrawn_and_never_sent
        cancelled_then_paid_ships_late
        money_is_looked_for_before_the_cancellation;
    outbox:
        effect_in_the_same_database_happens_once
        failed_handler_leaves_nothing_behind
        panicking_handler_leaves_nothing_behind
        handler_that_hides_a_failed_statement_has_all_or_nothing
        handler_that_never_returns_holds_nobody_up
        events_of_an_order_come_in_order
        events_are_visible_in_the_order_of_their_numbers
        event_is_numbered_once_its_lock_is_held
        events_of_an_order_are_visible_in_order
        failed_event_leaves_the_others_handled
        handler_that_commits_has_its_effect_once
        two_workers_handle_an_event_once;
    browsing:
        order_is_placed_once_with_its_content
        orders_placed_at_once_are_one
        order_of_which_nothing_exists_may_be_placed_otherwise
        question_that_is_dropped_loses_nothing
        records_show_what_counts
        records_come_in_pages_with_the_newest_first
        name_leads_to_its_orders
        events_of_an_order_are_its_own_and_in_order
        figures_count_what_the_book_holds
        order_needs_attention_until_its_case_is_settled
        own_rows_are_read_in_the_same_transaction
        undelivered_event_is_one_case_about_no_payment;
    reversals:
        signed_reversal_is_one_case_for_each_word
        unsigned_reversal_is_a_case_once_the_gateway_says_so
        what_is_known_of_a_paid_payment_leads_to_no_question
        answer_that_lags_behind_is_no_reversal
        reversal_is_asked_about_until_it_is_answered
        reversal_during_the_question_that_finds_the_money_is_found
        answer_of_before_the_payment_is_no_reversal
        ending_that_was_signed_before_the_payment_is_no_reversal
        signed_ending_after_the_payment_is_asked_about
        money_that_only_a_person_saw_is_not_reversed
        reversal_can_only_be_noted
        forged_reversals_cost_one_question_for_an_interval;
    people:
        refund_is_written_once_with_a_name
        surplus_comes_in_pages_with_the_oldest_first
        case_is_resolved_once_with_a_name
        unpaid_frees_the_order
        account_keeps_its_gateway_and_mode
        newer_book_is_refused
        book_itself_refuses_what_must_never_be
        unknown_names_are_errors;
}
