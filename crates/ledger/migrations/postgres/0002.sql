-- What an order is recognised by when it is placed again, and the newest orders first.
ALTER TABLE gerbang_order ADD COLUMN content TEXT;
CREATE INDEX gerbang_order_newest ON gerbang_order (created_at, id);
