-- The events of one order.
CREATE INDEX gerbang_event_order ON gerbang_event (order_id, seq);
