"""What pages share: panels, word pickers, inputs, exports, and the sentences all of them say."""
