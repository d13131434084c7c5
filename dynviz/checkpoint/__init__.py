"""Folder <-> model: `config.json`, checked key by key, and `model.safetensors`. Never pickle, never remote code.

A checkpoint folder holds only what is its own. Its config names where the rest lies: `embeddings`, a folder with the
embeddings and the tokenizer (stored once for all), and for each stage an encoder: its own, or another
checkpoint's, on which its low-rank updates (if any) are merged. Tensors are named `encoder.<stage>.<Hugging Face name>`,
`lora.<stage>.<module>.a|b` and `method.<parameter>`; fp16 on disk, fp32 in memory. An encoder whose layers are one and the same
(`shared`) is stored as its layer 0 alone.
"""
