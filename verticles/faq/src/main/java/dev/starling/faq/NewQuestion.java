package dev.starling.faq;

import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;

/** What is asked; in English, as the entries are. */
record NewQuestion(@NotBlank @Size(max = Entry.MAX_QUESTION) String question) {}
